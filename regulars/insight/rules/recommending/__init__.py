"""What leads from purchases to offers: pure, on arrays."""

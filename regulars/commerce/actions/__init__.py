"""What is done with goods, orders, returns and enquiries: the only writers."""

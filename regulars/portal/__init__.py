"""What people outside the shop may reach: no session of the staff, another risk."""

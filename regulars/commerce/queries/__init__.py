"""What can be asked about goods, orders, returns and enquiries."""

"""Pages of orders, returns, products and enquiries: each checks the right, makes its call, and renders."""

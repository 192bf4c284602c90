"""What is sold: products, orders and their lines. A return is a negative line."""

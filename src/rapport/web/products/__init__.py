"""Pages of products: the list by category, one product with its last sales, and its forms."""

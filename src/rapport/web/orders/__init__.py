"""Pages of orders: the list, and one order with its lines and its customer's timeline."""

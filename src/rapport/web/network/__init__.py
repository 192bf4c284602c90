"""Pages of a company beyond its first: its network with what the tree comes to, and the account over the years."""

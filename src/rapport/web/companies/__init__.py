"""Pages of companies: the list, one company's page with its people and network, and its forms."""

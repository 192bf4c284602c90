"""One search over people, companies, deals, orders and products, and the fields that find one of them."""

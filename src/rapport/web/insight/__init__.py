"""Pages of what the purchase record says: the customer base, and how each number is counted.

Each page turns the kept answers of the metrics into tables and pictures of them; nothing is computed here. Every
table is to be had as CSV at the address of its page. Who may not see reports does not see these pages.
"""

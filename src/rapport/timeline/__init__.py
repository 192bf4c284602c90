"""What happened with a customer, and what is to be done: interactions and tasks.

What an upper app ties to an interaction (a deal, an order) is a link table of that app.
"""

"""What rules can ask: one file for each kind of condition.

Each file says which fields there are, how they become a condition or a set of people, which rows tell that
something changed, and for whom the passing of days alone may have changed the answer. Another kind is another
file and a line in `segments.catalogue`.
"""

"""What every record was before: one log of changes, written by triggers of the database, read by pages.

It owns `history_entry` and the functions its triggers call (`tracking.track` sets them on a table, in a migration),
the register of what is tracked, and what is told of it. Who acts comes from `core.acting`. See ADR 0052.
"""

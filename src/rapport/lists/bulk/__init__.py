"""Changing many records at once: a field, tags, the owner or team, the archive; over ticked rows or a whole question.

`operations` says what can be done to which kind and how that is written, `runs` starts, carries out, stops and undoes
a run in slices, each a transaction of its own, so that a killed worker is taken up where it was. What every row was
before and after stands in `BulkRow`, so that the whole can be undone.
"""

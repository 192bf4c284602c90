"""Loading files: reading, mapping, checking, a dry run, the load itself, its undoing.

Files of any shape become rows of text in DuckDB, are cleaned there set by set, and go by COPY into a temporary
table from which the bulk actions of the lower apps (`people.bulk`, `deals.bulk`, `commerce.bulk`,
`timeline.bulk`) write the records in one transaction.
"""

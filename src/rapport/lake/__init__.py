"""The lake: facts as Parquet files, written from the records, read by the metrics.

Owns the schema of every fact table (`tables`), the files on disk and their atomic publishing (`store`), and the
engines that read them (`engines`: DuckDB, Spark). Knows nothing of Django, of the records' models, or of any metric.
Nothing here asks who may see what: reports pass through `identity.access` first.
"""

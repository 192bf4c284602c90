"""What the records say: metrics as functions from table to table, and statistics on grouped counts.

Owns the counting rules and their registry: each number a person reads has one entry. Expressions are Ibis and run on
DuckDB and on Spark alike; what is no table expression (maximum likelihood) runs in NumPy on grouped sufficient
statistics. Touches no file, no clock, no records: tables and days come in as arguments. Imports neither Django nor
any other part of Rapport but `lake.tables`.
"""

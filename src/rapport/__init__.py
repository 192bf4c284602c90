"""Rapport: one record of the customer, for companies that sell to companies, to people, or to both.

The packages below this one are layers with one way down; see `docs/where-things-live.md`.
"""

__version__ = "0.1.0"

"""Insight: runs the metrics, keeps their answers, and writes what they say about a person back into the records.

Owns the refresh (export to the lake, metrics, answers, traits), the answers as the pages and the terminal show them,
and the traits of a person. Counts nothing itself: counting rules live in `analytics`.
"""

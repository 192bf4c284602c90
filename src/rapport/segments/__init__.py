"""Segments: groups of people told by a rule, kept up to date.

Owns the rule as data, its translation into one query, the members with the instants they entered and left, and the
refresh that asks only about people for whom something changed.
"""

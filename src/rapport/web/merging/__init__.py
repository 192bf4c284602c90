"""Merging two records of one person or one company: finding the other one, looking at both, and asking once."""

"""Possible sales: pipelines, stages, deals, and the log of every change of stage."""

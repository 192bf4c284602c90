"""The fact tables as expressions over one engine: what metrics are given. The engines make them (`lake.engines`)."""

from rapport.lake.facts import Facts

__all__ = ["Facts"]

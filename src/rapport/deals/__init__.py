"""Possible sales: pipelines, stages, deals, and the log of every change of stage.

A deal stands in one stage of its pipeline; the stage on the deal is a copy of the last line of the log. Deals
know the orders' app below them (ADR 0003), so that a deal can offer a product.
"""

"""Telling other programs what happened here: endpoints, and what was delivered to each.

`catalogue` names what can be told, `actions` what people do with endpoints, `delivering` what the worker does,
`targets` where nothing is ever sent, `sending` the one request itself, `signing` how a receiver knows it is us.
"""

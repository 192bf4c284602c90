"""Pages of what selling to companies comes to: funnel, speed, win rate, forecast, leverage, probability.

Each page turns answers of the metrics into tables and pictures; nothing is computed here. Every table is to be had as
CSV. Who may not see reports does not see these pages.
"""

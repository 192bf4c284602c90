"""Forecasts of repeat purchase and of what customers are worth, by maximum likelihood on grouped counts.

Owns Pareto/NBD, BG/NBD and Gamma-Gamma, their standard errors, the back-test on a hold-out, and value over a horizon.
The engine groups customers with equal histories; NumPy fits and forecasts per group, and the engine gives the results
back to each person. Says where the data do not identify a model instead of giving its numbers.
"""

from rapport.analytics.forecasting.value import Forecast, Terms, forecast, traits

__all__ = ["Forecast", "Terms", "forecast", "traits"]

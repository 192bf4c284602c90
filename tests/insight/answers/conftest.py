"""Answers are tried on the engines of the metrics."""

from tests.analytics.conftest import _spark_session, engine

__all__ = ["_spark_session", "engine"]

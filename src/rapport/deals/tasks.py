"""What deals do in the background."""

from procrastinate.contrib.django import app

from rapport.core import clock
from rapport.deals.actions.quote_steps import expire_quotes as expire


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="expire_quotes")
def expire_quotes(timestamp: int) -> None:
    """Once an hour, so that a quote is marked soon after the last day on which it held, wherever the company is."""
    expire(at=clock.now(), today=clock.today())

"""What commerce does in the background."""

from procrastinate.contrib.django import app

from rapport.commerce import actions


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="settle_revenue")
def settle_revenue(timestamp: int) -> None:
    """Once an hour, keep the ledger of revenue short."""
    actions.settle_revenue()

"""Files that no record has any more are removed, once a night."""

from procrastinate.contrib.django import app

from rapport.timeline import attaching


@app.periodic(cron="23 2 * * *")
@app.task(queueing_lock="sweep_files")
def sweep_files(timestamp: int) -> None:
    """Remove the stored files whose records are gone."""
    attaching.sweep()

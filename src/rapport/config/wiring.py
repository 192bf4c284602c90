"""The one list: which background job hears which event."""


def connect() -> None:
    """Subscribe every job to its event; part 1 has no job that reacts to another app's event yet."""

"""When to try again, how long to leave a receiver alone, when to give up."""

from datetime import timedelta

# After the first failed attempt, the second, … : a day in all, and then the message is dead.
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=8),
    timedelta(hours=9),
)
MOST_ATTEMPTS = len(WAITS) + 1
JITTER = 0.2
LONGEST_REST = timedelta(minutes=10)
LONGEST_WISH = timedelta(hours=1)
# An endpoint that took nothing for so long, and was tried so often, is switched off.
FAILS_FOR = timedelta(hours=24)
FAILS_TIMES = 8
GONE = 410


def wait(attempts: int, *, chance: float, wished: int | None = None) -> timedelta | None:
    """How long to wait after so many failed attempts; None for never again.

    `chance` (0 to 1) spreads them by a fifth either way, so that a receiver that comes back is not asked by all at
    once. `wished` are the seconds of its Retry-After, which count up to an hour.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    usual = WAITS[attempts - 1] * (1 + JITTER * (2 * chance - 1))
    return usual if wished is None else max(usual, min(timedelta(seconds=wished), LONGEST_WISH))


def rest(failures: int) -> timedelta:
    """How long an endpoint is left alone after so many failures one after the other: not at all after the first."""
    if failures < 2:
        return timedelta(0)
    return min(timedelta(minutes=2 ** min(failures - 2, 10)), LONGEST_REST)


def is_hopeless(*, status: int | None, failures: int, fails_for: timedelta) -> bool:
    """Whether an endpoint is to be switched off: it says that it is gone (410), or only fails."""
    return status == GONE or (failures >= FAILS_TIMES and fails_for >= FAILS_FOR)

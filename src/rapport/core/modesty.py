"""For processes of their own that open what comes from outside: a file made to harm ends such a one and no more."""

import resource
from contextlib import suppress


def live_modestly(*, seconds: int, memory: int, file_bytes: int) -> None:
    """Take no more time, memory or file than that; what the system does not limit stays as it is."""
    limits = (
        (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CORE, 0),
    )  # fmt: skip
    for limit, most in limits:
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))

"""The root of every error that is told to a person."""

from django.utils.functional import Promise


class RapportError(Exception):
    """Something a person asked for cannot be done; the message says why, in words for that person."""

    def __init__(self, message: str | Promise) -> None:
        self.message = message
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.message)


class WrongValue(RapportError):
    """A value cannot be stored; `field` names the one that is meant."""

    def __init__(self, field: str, message: str | Promise) -> None:
        self.field = field
        super().__init__(message)


class NotAllowed(RapportError):
    """The person may see the record but not do this to it."""


class ChangedByAnother(RapportError):
    """Someone else saved the record since it was read."""

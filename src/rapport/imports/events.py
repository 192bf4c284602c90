"""What imports announce."""

from dataclasses import dataclass

from rapport.core.events import Event


@dataclass(frozen=True, kw_only=True)
class FileImported(Event):
    """A file was loaded."""

    import_id: int
    target: str
    created: int
    updated: int


@dataclass(frozen=True, kw_only=True)
class ImportUndone(Event):
    """What an import had made is gone, what it had changed is as before."""

    import_id: int
    target: str

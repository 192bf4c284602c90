"""Where the lake and the last written traits are kept, below `RAPPORT_HOME`."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from rapport.lake.store import Lake


def lake() -> Lake:
    """The lake of this installation; it may be empty."""
    return Lake(Path(settings.HOME) / "lake")


def traits_file(stamp: str) -> Path:
    """The file with the traits that a refresh wrote under this stamp."""
    return Path(settings.HOME) / "insight" / f"traits-{stamp}.parquet"


def traits(stamp: str) -> pa.Table | None:
    """The copy of the traits written under a stamp; None where it is gone or cannot be read."""
    try:
        return pq.read_table(traits_file(stamp))
    except (FileNotFoundError, pa.ArrowInvalid):
        return None


def keep_traits(traits: pa.Table, *, stamp: str) -> None:
    """Keep a copy of what is about to be written; it counts only once a refresh in the records bears its stamp."""
    file = traits_file(stamp)
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(traits, file, compression="zstd", compression_level=1)


def learnt_file(stamp: str) -> Path:
    """The file with what the refresh learnt that wrote the traits of this stamp."""
    return Path(settings.HOME) / "insight" / f"learnt-{stamp}.pickle"


def forget_but(*stamps: str) -> None:
    """Remove the copies of traits, and what was learnt, under every other stamp."""
    kept = {path for stamp in stamps for path in (traits_file(stamp), learnt_file(stamp))}
    for file in traits_file("").parent.glob("*-*.p*"):
        if file not in kept:
            file.unlink(missing_ok=True)

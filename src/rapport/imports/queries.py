"""What the pages show of imports: the list, one import, saved mappings, and the beginning of a file."""

import gzip
import json
import re
import zlib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from rapport.core import paging
from rapport.core.paging import Page, Sort
from rapport.core.querysets import RecordQuerySet
from rapport.identity.models import User
from rapport.imports import access, actions, storage
from rapport.imports.engine import scratch_folder
from rapport.imports.labels import label
from rapport.imports.messages import Roles, sentence
from rapport.imports.models import Import, SavedMapping
from rapport.imports.readers import ReadOptions, RowProblem, Source, UnreadableFile, open_source

SAMPLE_ROWS = 200
SAMPLE_VALUES = 3
LONGEST_SAMPLE = 60
HEAD_BYTES = 4 << 20
NO_TEXT = (b"PAR1", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
AMERICAN = re.compile(r"(0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01])/\d{4}( \d{1,2}:\d{2})?")
# A worker tells every ten seconds that it lives.
SILENT = timedelta(seconds=30)
RUNNING = (Import.Status.QUEUED, Import.Status.CHECKING, Import.Status.LOADING)


@dataclass(frozen=True)
class SampleColumn:
    """A column of a file: its name, the first different values, and how it writes days if not our way."""

    name: str
    values: list[str]
    date_format: str = ""


@dataclass(frozen=True)
class Sample:
    """The beginning of a file."""

    columns: list[SampleColumn]

    @property
    def header(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self.columns]


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row, in the language of the page."""

    line: int
    field: str
    told: str


def recent(*, user: User, cursor: str = "") -> Page[Import]:
    """The imports a user may see, newest first, one page by key."""
    rows = RecordQuerySet(model=Import).filter(pk__in=access.visible_to(user).values("pk"))
    return paging.page(rows.select_related("by"), sort=Sort("made_at", descending=True), cursor=cursor)


def saved_mappings(*, target: str) -> QuerySet[SavedMapping]:
    """The mappings kept for a target, by name."""
    return SavedMapping.objects.filter(target=target).order_by("name")


def is_running(job: Import) -> bool:
    """Whether something is under way: a check, a load, or its undoing."""
    return job.status in RUNNING or is_being_undone(job)


def is_being_undone(job: Import) -> bool:
    """Whether a loaded import is being taken back."""
    return job.status == Import.Status.DONE and job.step == actions.UNDOING


def worker_is_alive(*, at: datetime) -> bool:
    """Whether some worker has given a sign of life of late."""
    return bool(ProcrastinateWorker.objects.filter(last_heartbeat__gte=at - SILENT).exists())


def waits_for_another(job: Import) -> bool:
    """Whether an import that waits does so because another one runs."""
    busy = [Import.Status.CHECKING, Import.Status.LOADING]
    return job.status == Import.Status.QUEUED and Import.objects.filter(status__in=busy).exists()


def last_job(*, import_id: int) -> ProcrastinateJob | None:
    """The newest job that checks or loads the import; those that succeeded are forgotten."""
    found: ProcrastinateJob | None = (
        ProcrastinateJob.objects.filter(
            task_name__in=("rapport.imports.tasks.check_file", "rapport.imports.tasks.load_file"),
            args__import_id=import_id,
        )
        .exclude(status="succeeded")
        .order_by("-pk")
        .first()
    )
    return found


def problems(job: Import) -> list[Problem]:
    """The first problems of an import, with the fields as the page calls them."""
    roles = Roles()
    return [
        Problem(
            line=row["line"],
            field=label(job.target, row["field"]) if row["field"] else "",
            told=sentence(RowProblem(row["line"], row["field"], row["code"], row.get("value", "")), roles=roles),
        )
        for row in job.problems
    ]


def sample(job: Import) -> Sample:
    """The first rows of an import's file. Raises UnreadableFile.

    What was found is kept beside an uploaded file, because reading a large one for every page takes seconds.
    """
    options = read_options(job)
    key = json.dumps(asdict(options), sort_keys=True)
    stored = storage.noted(job.file, key=key)
    if stored is not None:
        return Sample([SampleColumn(**column) for column in stored["columns"]])
    path = Path(job.file)
    if not job.file or not path.is_file():
        raise UnreadableFile(gone())
    found = _sample(path, options)
    storage.note(job.file, key=key, found=asdict(found))
    return found


def gone() -> str:
    """What is said of a file that was swept away."""
    return _("The file is no longer kept here. Choose it again.")


def read_options(job: Import) -> ReadOptions:
    """What the user knows better than the file."""
    return ReadOptions(**{name: job.options.get(name, "") for name in ("encoding", "delimiter", "sheet")})


def _sample(path: Path, options: ReadOptions) -> Sample:
    """The sample of a file; of a large one its beginning is read and, where that is not enough, all of it."""
    with scratch_folder(storage.scratch()) as folder:
        if _head(path, folder / "head"):
            try:
                return _read(open_source(folder / "head", options, scratch=folder))
            except UnreadableFile:
                pass
        return _read(open_source(path, options, scratch=folder))


def _head(path: Path, into: Path) -> bool:
    """Write the first whole lines of a large text, packed or not; False for what is small or no text."""
    with path.open("rb") as file:
        start = file.read(4)
    opener = gzip.open if start[:2] == b"\x1f\x8b" else Path.open
    try:
        with opener(path, "rb") as file:
            block = file.read(HEAD_BYTES)
    except (OSError, EOFError, zlib.error):
        return False
    if len(block) < HEAD_BYTES or block[:4] in NO_TEXT:
        return False
    into.write_bytes(block[: block.rfind(b"\n") + 1])
    return True


def _read(source: Source) -> Sample:
    """The names, and per column the first values that differ and how they write days."""
    first = next(source.tables(), None)
    columns = []
    for position, name in enumerate(source.header):
        cells = first.column(position + 1).slice(0, SAMPLE_ROWS).to_pylist() if first is not None else []
        values = list(dict.fromkeys(cell.strip() for cell in cells if cell and cell.strip()))
        shown = [value[:LONGEST_SAMPLE] for value in values[:SAMPLE_VALUES]]
        columns.append(SampleColumn(name, shown, month_first(values)))
    return Sample(columns)


def month_first(values: list[str]) -> str:
    """The format of days written as in America, where the values prove it: 12/31/2026."""
    found = [match for value in values if (match := AMERICAN.fullmatch(value))]
    if len(found) < len(values) or not any(int(match[2]) > 12 for match in found):
        return ""
    return "%m/%d/%Y" + (" %H:%M" if all(match[3] for match in found) else "")

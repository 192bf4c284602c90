"""What imports keep of people without a foreign key: rows as they were before, files that were read, rejected rows."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from rapport.core.holders import Erased, Trace
from rapport.imports import actions, storage
from rapport.imports.models import BeforeImage, Import

PERSON = "people_person"
OVER = (Import.Status.DONE, Import.Status.UNDONE, Import.Status.REFUSED, Import.Status.FAILED)


def _images(ids: tuple[int, ...]) -> Q:
    return Q(table=PERSON, row_id__in=ids) | Q(before__person_id__in=ids)


def count_images(ids: tuple[int, ...]) -> int:
    """How many rows of these people are kept as they were."""
    return BeforeImage.objects.filter(_images(ids)).count()


def forget_images(gone: Erased) -> int:
    """Remove them, so that undoing an import brings nobody back."""
    told = _images(gone.ids)
    for table, ids in gone.removed.items():
        told |= Q(table=table, row_id__in=ids)
    return BeforeImage.objects.filter(told).delete()[0]


def count_files(ids: tuple[int, ...]) -> int:
    """How many files of imports that are over still lie here; any of them may name these people."""
    return sum(storage.is_ours(job.file) + storage.rejected_rows(job.pk).exists() for job in _over())


def forget_files(gone: Erased) -> int:
    """Remove them. A file that waits to be loaded stays: who was erased is recognised in it and rejected."""
    count = count_files(gone.ids)
    for job in _over():
        storage.rejected_rows(job.pk).unlink(missing_ok=True)
        if storage.is_ours(job.file):
            storage.forget(job.file)
            actions.forget_file(job=job)
    Import.objects.filter(status__in=OVER).exclude(preview=[]).update(preview=[])
    return count


def _over() -> QuerySet[Import]:
    return Import.objects.filter(status__in=OVER).order_by("pk")


TRACES = (
    Trace(
        code="imports.rows",
        label=_("Rows as they were before an import"),
        count=count_images,
        forget=forget_images,
    ),
    Trace(code="imports.files", label=_("Files that were imported"), count=count_files, forget=forget_files),
)

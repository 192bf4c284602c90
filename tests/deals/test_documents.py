"""Files of a deal: told by their bytes, kept outside under names of ours, put away and fetched back."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from rapport.core import storage
from rapport.core.errors import RapportError
from rapport.core.models import AuditEntry
from rapport.deals.actions import documents
from rapport.deals.models import DealDocument
from rapport.people.actions import WrongValue
from tests.factories import make_deal, make_user

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture(autouse=True)
def _own_home(settings: Settings, tmp_path: Any) -> None:
    settings.HOME = str(tmp_path)


def zipped(*names: str) -> bytes:
    """A ZIP with empty files of these names."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, "")
    return target.getvalue()


class TestDocuments:
    """Files of a deal."""

    def test_a_file_is_kept_outside_under_a_name_of_ours(self, at: datetime) -> None:
        deal, user = make_deal(), make_user()
        found = documents.add_document(
            deal=deal, kind="contract", name="..\\..\\etc/Hợp đồng\u202e.pdf", pieces=[PDF[:5], PDF[5:]], by=user, at=at
        )
        assert (found.name, found.size, found.content_type) == ("Hợp đồng.pdf", len(PDF), "application/pdf")
        assert storage.path(found.stored).read_bytes() == PDF
        assert storage.path(found.stored).stat().st_mode & 0o077 == 0
        assert AuditEntry.objects.get(code="deals.file_added").target_id == deal.pk

    @pytest.mark.parametrize(
        ("name", "make", "words"),
        [
            ("a.pdf", lambda: b"", "empty"),
            ("a.exe", lambda: b"MZ\x90\x00\x03", "not taken"),
            ("a.png", lambda: b"<!doctype html><script>", "does not fit"),
            ("a.docx", lambda: zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "not taken"),
            ("a.exe", lambda: PDF, "does not fit"),
            ("a.pdf", lambda: zipped("[Content_Types].xml", "xl/workbook.xml"), "does not fit"),
            ("noending", lambda: PDF, "does not fit"),
            ("a.pdf", lambda: PDF + b"x" * 25 * 1000**2, "at most 25 MB"),
        ],
    )
    def test_what_is_not_taken_leaves_nothing(
        self, name: str, make: Callable[[], bytes], words: str, at: datetime
    ) -> None:
        with pytest.raises(WrongValue, match=words):
            documents.add_document(deal=make_deal(), kind="other", name=name, pieces=[make()], by=None, at=at)
        assert not DealDocument.objects.exists()
        assert not [path for path in storage.folder().rglob("*") if path.is_file()]

    def test_a_kind_nobody_knows(self, at: datetime) -> None:
        with pytest.raises(RapportError):
            documents.add_document(deal=make_deal(), kind="secret", name="a.pdf", pieces=[PDF], by=None, at=at)

    def test_office_files_are_told_apart(self, at: datetime) -> None:
        whole = zipped("[Content_Types].xml", "xl/workbook.xml")
        found = documents.add_document(deal=make_deal(), kind="other", name="a.xlsx", pieces=[whole], by=None, at=at)
        assert found.content_type.endswith("spreadsheetml.sheet")

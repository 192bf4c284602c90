"""What a file is, told by its bytes."""

import io
import zipfile

import pytest

from rapport.core import sniffing


def opened(kind: str) -> bytes:
    """An open document of this kind."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", kind)
    return target.getvalue()


@pytest.mark.parametrize(
    ("whole", "kind"),
    [
        (b"%PDF-1.7\n...", sniffing.PDF),
        (b"\x89PNG\r\n\x1a\n...", sniffing.PNG),
        (b"\xff\xd8\xff\xe0...", sniffing.JPEG),
        ("Biên bản họp\n".encode(), sniffing.TEXT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...", sniffing.OLD_OFFICE),
        (b"MZ\x90\x00", ""),
        (b"\x7fELF", ""),
        (b"<html><script>alert(1)</script>", sniffing.HTML),
        (b"  <svg onload='x'>", sniffing.SVG),
        (b"<?xml version='1.0'?><!-- x --><!DOCTYPE svg PUBLIC 'x'><svg/>", sniffing.SVG),
        (b"<?xml version='1.0'?><HDon/>", sniffing.XML),
        (b"<x onload=1>", ""),
        (b"RIFF....WEBPVP8 ", sniffing.WEBP),
        (b"12345678WEBP\x00", ""),
        (b"\x00\x00\x00\x18ftypheic", sniffing.HEIC),
        (opened("application/vnd.oasis.opendocument.text"), "application/vnd.oasis.opendocument.text"),
        (opened("application/x-other"), ""),
        (b"PK\x03\x04 cut off", ""),
        (b"PK\x03\x04" + sniffing.LISTED * (sniffing.MOST_LISTED + 1), ""),
        (b"\xff\xfe\x00bad", ""),
        (b"", ""),
    ],
)
def test_a_file_is_what_its_bytes_say(whole: bytes, kind: str) -> None:
    assert sniffing.content_type(whole) == kind


@pytest.mark.parametrize(
    ("name", "kind", "fits"),
    [("a.PDF", sniffing.PDF, True), ("a.pdf.exe", sniffing.PDF, False), ("pdf", sniffing.PDF, False), ("", "", False)],
)
def test_a_name_agrees_with_what_is_in_it(name: str, kind: str, fits: bool) -> None:
    assert sniffing.fits(name, kind) is fits

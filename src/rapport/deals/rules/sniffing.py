"""What kind of file some bytes are, whatever its name says: only kinds that office work needs are known."""

import io
import re
import zipfile

PDF, PNG, JPEG, WEBP = "application/pdf", "image/png", "image/jpeg", "image/webp"
ZIP, OLD_OFFICE, TEXT = "application/zip", "application/x-ole-storage", "text/plain"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_BY_PART = {
    "word/": f"{_OFFICE}.wordprocessingml.document",
    "xl/": f"{_OFFICE}.spreadsheetml.sheet",
    "ppt/": f"{_OFFICE}.presentationml.presentation",
}
_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
ENDINGS: dict[str, tuple[str, ...]] = {
    PDF: ("pdf",),
    PNG: ("png",),
    JPEG: ("jpg", "jpeg"),
    WEBP: ("webp",),
    ZIP: ("zip",),
    OLD_OFFICE: ("doc", "xls", "ppt", "msg"),
    TEXT: ("txt", "csv", "md"),
    _BY_PART["word/"]: ("docx",),
    _BY_PART["xl/"]: ("xlsx",),
    _BY_PART["ppt/"]: ("pptx",),
}


def content_type(whole: bytes) -> str:
    """The kind of a file; empty for one that is none of those taken: programs, web pages, drawings with scripts."""
    if whole.startswith(b"%PDF-"):
        return PDF
    if whole.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if whole.startswith(b"\xff\xd8\xff"):
        return JPEG
    if whole[:4] == b"RIFF" and whole[8:12] == b"WEBP":
        return WEBP
    if whole.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return OLD_OFFICE
    if whole.startswith(b"PK\x03\x04"):
        return _zipped(whole)
    return TEXT if _is_plain(whole) else ""


def fits(name: str, kind: str) -> bool:
    """Whether the ending of a file name belongs to what the file is."""
    _stem, dot, ending = name.rpartition(".")
    return bool(dot) and ending.lower() in ENDINGS.get(kind, ())


def _zipped(whole: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return ""
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return ""
    if "[Content_Types].xml" not in names:
        return ZIP
    return next((kind for part, kind in _BY_PART.items() if any(name.startswith(part) for name in names)), "")


def _is_plain(whole: bytes) -> bool:
    if not whole or _NO_TEXT.search(whole):
        return False
    try:
        text = whole.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    # A browser may take text that begins like this for a page, whatever it is told.
    return text.lstrip()[:1] != "<"

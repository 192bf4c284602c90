"""What kind of file some bytes are, whatever its name says: only kinds that office work needs are known.

A table of signatures, not a guess: what is not in it is not taken. A ZIP is never unpacked, its list of names is read.
"""

import io
import re
import zipfile

PDF, PNG, JPEG, WEBP, GIF = "application/pdf", "image/png", "image/jpeg", "image/webp", "image/gif"
ZIP, OLD_OFFICE, TEXT = "application/zip", "application/x-ole-storage", "text/plain"
SVG, HTML, XML = "image/svg+xml", "text/html", "application/xml"
HEIC, TIFF, RTF, DRAWING = "image/heic", "image/tiff", "application/rtf", "image/vnd.dwg"
MP3, MP4, OGG, WAV = "audio/mpeg", "video/mp4", "audio/ogg", "audio/wav"
SEVEN, RAR = "application/x-7z-compressed", "application/vnd.rar"
# Pictures that may be shown, once they were drawn anew.
PICTURES = frozenset({PNG, JPEG, WEBP, GIF})

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
_BY_PART = {
    "word/": f"{_OFFICE}.wordprocessingml.document",
    "xl/": f"{_OFFICE}.spreadsheetml.sheet",
    "ppt/": f"{_OFFICE}.presentationml.presentation",
}
_OPEN_KINDS = (f"{_OPEN}.text", f"{_OPEN}.spreadsheet", f"{_OPEN}.presentation")
# Where the bytes begin, what they are, and what kind of file that is; RIFF and MP4 say it a little further in.
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", PDF),
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"GIF87a", GIF),
    (0, b"GIF89a", GIF),
    (8, b"WEBP", WEBP),
    (8, b"WAVE", WAV),
    (4, b"ftypheic", HEIC),
    (4, b"ftypheix", HEIC),
    (4, b"ftypmif1", HEIC),
    (4, b"ftyp", MP4),
    (0, b"II*\x00", TIFF),
    (0, b"MM\x00*", TIFF),
    (0, b"ID3", MP3),
    (0, b"\xff\xfb", MP3),
    (0, b"\xff\xf3", MP3),
    (0, b"OggS", OGG),
    (0, b"{\\rtf", RTF),
    (0, b"AC10", DRAWING),
    (0, b"7z\xbc\xaf\x27\x1c", SEVEN),
    (0, b"Rar!\x1a\x07", RAR),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_OFFICE),
)
# Each file in a ZIP is listed behind these bytes. A list is read whole, so one that is made to be endless is not read.
LISTED = b"PK\x01\x02"
MOST_LISTED = 20_000
_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_COMMENTS = re.compile(r"\s*(?:<\?xml[^>]*>|<!--.*?-->|<!doctype\s+svg[^>]*>)", re.IGNORECASE | re.DOTALL)
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|script|iframe|meta|title|style|div|p|a|img)\b", re.IGNORECASE)
ENDINGS: dict[str, tuple[str, ...]] = {
    PDF: ("pdf",),
    PNG: ("png",),
    JPEG: ("jpg", "jpeg"),
    WEBP: ("webp",),
    GIF: ("gif",),
    SVG: ("svg",),
    HTML: ("html", "htm"),
    XML: ("xml",),
    HEIC: ("heic", "heif"),
    TIFF: ("tif", "tiff"),
    RTF: ("rtf", "doc"),
    DRAWING: ("dwg",),
    MP3: ("mp3",),
    MP4: ("mp4", "m4a", "m4v", "mov"),
    OGG: ("ogg", "oga", "opus"),
    WAV: ("wav",),
    ZIP: ("zip",),
    SEVEN: ("7z",),
    RAR: ("rar",),
    OLD_OFFICE: ("doc", "xls", "ppt", "msg"),
    TEXT: ("txt", "csv", "md", "eml", "ics", "vcf", "json", "dxf"),
    _BY_PART["word/"]: ("docx",),
    _BY_PART["xl/"]: ("xlsx",),
    _BY_PART["ppt/"]: ("pptx",),
    _OPEN_KINDS[0]: ("odt",),
    _OPEN_KINDS[1]: ("ods",),
    _OPEN_KINDS[2]: ("odp",),
}


def content_type(whole: bytes) -> str:
    """The kind of a file; empty for one that is none of those taken: programs, files with macros, whatever is unknown.

    Web pages and drawings that may hold scripts are known as such: whoever gives them back gives them to be saved.
    """
    for start, signature, kind in _SIGNATURES:
        if whole.startswith(signature, start) and (start != 8 or whole.startswith(b"RIFF")):
            return kind
    if whole.startswith(b"PK\x03\x04"):
        return _zipped(whole)
    return _text(whole)


def fits(name: str, kind: str) -> bool:
    """Whether the ending of a file name belongs to what the file is."""
    _stem, dot, ending = name.rpartition(".")
    return bool(dot) and ending.lower() in ENDINGS.get(kind, ())


def _zipped(whole: bytes) -> str:
    if whole.count(LISTED) > MOST_LISTED:
        return ""
    try:
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return ""
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return ""
    if names[:1] == ["mimetype"]:
        # By its standard the name of the kind stands first, packed by nothing.
        return next((kind for kind in _OPEN_KINDS if whole[38 : 38 + len(kind)] == kind.encode()), "")
    if "[Content_Types].xml" not in names:
        return ZIP
    return next((kind for part, kind in _BY_PART.items() if any(name.startswith(part) for name in names)), "")


def _text(whole: bytes) -> str:
    """Plain text, or which sort of marked one; a browser may take what begins with `<` for a page, whatever it is told,
    so that nothing of the sort counts as plain."""
    if not whole or _NO_TEXT.search(whole):
        return ""
    try:
        text = whole.decode("utf-8-sig").lstrip()
    except UnicodeDecodeError:
        return ""
    if not text.startswith("<"):
        return TEXT
    begins = text[:2000]
    while found := _COMMENTS.match(begins):
        begins = begins[found.end() :]
    begins = begins.lstrip()
    if begins[:4].lower() == "<svg":
        return SVG
    if _PAGE.match(begins):
        return HTML
    return XML if text[:5].lower() == "<?xml" else ""

"""In which encoding a text is written."""

import codecs
import re
from pathlib import Path

import charset_normalizer
from django.utils.translation import gettext as _

from rapport.imports.readers.source import UnreadableFile

SAMPLE_BYTES = 1 << 20
ENOUGH_BYTES = 200_000
MARKS = "\u0300\u0309\u0303\u0301\u0323"
_TONED_VOWEL = re.compile(f"[aăâeêioôơuưy][{MARKS}]", re.IGNORECASE)
_BEYOND_ASCII = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
_RUNS = re.compile(rb"[\x80-\xff]+")
# What the guess calls one of these is far oftener Windows-1252, of which short texts tell too little.
_WESTERN = re.compile(r"(cp|windows)_?125[02347]|latin|iso8859|mac_|cp(437|850|858|775|037|1140|500)|ascii|hp_roman")


def checked_encoding(path: Path, wanted: str) -> str:
    """The encoding asked for, or found; proved on the whole file. Raises UnreadableFile."""
    if wanted:
        try:
            codecs.lookup(wanted)
        except LookupError as error:
            raise UnreadableFile(_("There is no encoding called “%(name)s”.") % {"name": wanted}) from error
    encoding = wanted or _encoding(path)
    if not _decodes(path, encoding):
        raise UnreadableFile(
            _("The file is not written in %(encoding)s, or it is damaged. Save it as UTF-8 and try again.")
            % {"encoding": encoding}
        )
    return encoding


def _decodes(path: Path, encoding: str) -> bool:
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        with path.open("rb") as file:
            blocks = iter(lambda: file.read(SAMPLE_BYTES), b"")
            is_text = all(isinstance(decoder.decode(block), str) for block in blocks)
            decoder.decode(b"", final=True)
    except (ValueError, LookupError, TypeError):
        return False
    return is_text


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if (zeros := sample.count(0)) > len(sample) // 5:
        return "utf-16-le" if sample[1::2].count(0) > zeros // 2 else "utf-16-be"
    if zeros:
        raise UnreadableFile(binary())
    if _decodes(path, "utf-8"):
        return "utf-8"
    unusual = _lines_beyond_ascii(path)
    _refuse_damaged_utf8(path, unusual)
    if _reads_as_vietnamese(unusual):
        return "cp1258"
    guess = None if _looks_western(unusual) else charset_normalizer.from_bytes(unusual).best()
    if guess and not _WESTERN.match(guess.encoding) and _decodes(path, guess.encoding):
        return str(guess.encoding)
    return "cp1252"


def binary() -> str:
    """What is said of a file that holds no text."""
    return _("This is not a table of text: it holds binary data, whatever its name says.")


def _looks_western(sample: bytes) -> bool:
    """Whether letters beyond ASCII stand one by one within words, as they do in western Europe."""
    runs = _RUNS.findall(sample)
    return sum(map(len, runs)) < 1.7 * len(runs)


def _lines_beyond_ascii(path: Path) -> bytes:
    """The first lines that tell encodings apart, from wherever in the file they stand."""
    found = b""
    with path.open("rb") as file:
        while len(found) < ENOUGH_BYTES and (block := file.read(SAMPLE_BYTES)):
            found += b"\n".join(_BEYOND_ASCII.findall(block)) + b"\n"
    return found[:ENOUGH_BYTES]


def _refuse_damaged_utf8(path: Path, unusual: bytes) -> None:
    """Raises UnreadableFile, with the line, for a text that is UTF-8 but for a few bytes.

    Read as anything else it would give letters that nobody wrote.
    """
    text = unusual[:-4].decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    right = sum(1 for letter in text if letter > "\x7f") - wrong
    if right <= 5 * wrong:
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                raise UnreadableFile(
                    _("The file is written in UTF-8, but line %(line)s is damaged. Mend it and try again.")
                    % {"line": number}
                ) from error


def _reads_as_vietnamese(sample: bytes) -> bool:
    """Whether, read as Windows-1258, nearly every tone mark stands on a vowel of Vietnamese."""
    text = sample.decode("cp1258", errors="replace")
    marks = sum(text.count(mark) for mark in MARKS)
    return marks > 0 and len(_TONED_VOWEL.findall(text)) >= marks * 0.95

"""Collects every translatable text into the catalogues: `python -m tools.messages`, run by `make messages`.

English is the language of the sources and needs no catalogue; Vietnamese is `locale/vi`.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "rapport"
LANGUAGES = ("vi",)
TEMPLATES = (".html", ".txt")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "N_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = "# Rapport, translated from the English of its sources. Update: make messages"
UNSTEADY = (
    "Report-Msgid-Bugs-To",
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Generated-By",
    "Last-Translator",
    "Language-Team",
)


def path(language: str) -> Path:
    """Where a language's catalogue lies."""
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"


def source_files() -> Iterator[Path]:
    """Every file of the package that can hold a text."""
    for file in sorted(PACKAGE.rglob("*")):
        if file.suffix == ".py" or (file.suffix in TEMPLATES and "templates" in file.parts):
            yield file


def collect() -> Catalog:
    """The texts of the program, in order of the files."""
    template = Catalog(project="Rapport", charset="utf-8")
    for file in source_files():
        source = file.read_text(encoding="utf-8")
        if file.suffix != ".py":
            source = as_python(source, str(file))
        stream = io.BytesIO(source.encode())
        for _line, message, _comments, context in extract("python", stream, keywords=KEYWORDS):
            template.add(message, context=context)
    return template


def as_python(source: str, origin: str) -> str:
    """The translated texts of a template as calls of gettext; indentation means nothing there, so it goes."""
    if not settings.configured:
        settings.configure()
        django.setup()
    return "\n".join(line.strip() for line in templatize(source, origin=origin).splitlines())


def read(language: str) -> Catalog:
    """A language's catalogue as it is; an empty one where there is none yet."""
    if not path(language).exists():
        return Catalog(locale=language, project="Rapport", charset="utf-8")
    with path(language).open("rb") as file:
        return read_po(file, locale=language)


def write(catalogue: Catalog, language: str) -> None:
    """Write sorted, without places and dates, so that a change shows only what changed."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, no_location=True, sort_output=True, ignore_obsolete=True)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    path(language).parent.mkdir(parents=True, exist_ok=True)
    kept = [line for line in lines if not line.startswith(tuple(f'"{name}:' for name in UNSTEADY))]
    path(language).write_text("".join(kept), encoding="utf-8")


def refresh(catalogue: Catalog, template: Catalog) -> None:
    """Give a catalogue the texts of the program, no more and no less, and keep the translations there are."""
    catalogue.header_comment = HEADER
    catalogue.fuzzy = False
    catalogue.update(template, no_fuzzy_matching=True)


def untranslated(catalogue: Catalog) -> list[str]:
    """The texts that lack a translation, or a form of it."""
    missing = []
    for message in catalogue:
        forms = [message.string] if isinstance(message.string, str) else list(message.string or [""])
        if message.id and not all(forms):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


def main() -> None:
    """Add new texts to every catalogue, drop those that are gone, say what lacks a translation."""
    template = collect()
    for language in LANGUAGES:
        catalogue = read(language)
        refresh(catalogue, template)
        write(catalogue, language)
        print(f"{language}: {len(catalogue)} texts, {len(untranslated(catalogue))} without a translation")


if __name__ == "__main__":
    main()

"""Both languages are complete: every text is marked, translated, and keeps its placeholders."""

import ast
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from django.template.base import Lexer, TokenType

from tests.telling import listed
from tools import messages

TEMPLATES = sorted(messages.PACKAGE.rglob("templates/**/*.html"))
PLACEHOLDER = re.compile(r"%\((\w+)\)[sdf]|%[sd]|\{(\w*)\}")
SHOWN_ATTRIBUTES = frozenset({"placeholder", "title", "alt", "aria-label", "aria-description", "label"})
SILENT_ELEMENTS = frozenset({"script", "style", "svg", "code", "kbd"})
SAME_IN_ALL_LANGUAGES = frozenset(
    {"Rapport", "CSV", "XLSX", "Excel", "xlsx", "PDF", "SVG", "PNG", "JSON", "VND", "Zalo", "Facebook", "OpenAPI"}
    | {"Tiếng", "Việt", "English"}
)
WORD = re.compile(r"[^\W\d_]{2,}")


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_catalogue_holds_the_texts_of_the_program(language: str) -> None:
    wanted = {(message.context, message.id) for message in messages.collect() if message.id}
    found = {(message.context, message.id) for message in messages.read(language) if message.id}
    assert not wanted ^ found, "Run: make messages\n" + listed(wanted ^ found)


def test_no_text_hides_in_an_f_string() -> None:
    """The collector of texts does not look into f-strings, so such a text would never be translated."""
    found = [
        f"{path.relative_to(messages.PACKAGE)}:{call.lineno}"
        for path in messages.source_files()
        if path.suffix == ".py"
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in messages.KEYWORDS
        if call.args and isinstance(call.args[0], ast.Constant)
    ]
    assert not found, listed(found)


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_nothing_lacks_a_translation(language: str) -> None:
    catalogue = messages.read(language)
    missing = messages.untranslated(catalogue)
    assert not missing, listed(missing)
    found = [message.id for message in catalogue if message.fuzzy and message.id]
    assert not found, listed(found)


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_translations_keep_the_placeholders(language: str) -> None:
    wrong = [message.id for message in messages.read(language) if message.id and not keeps_placeholders(message)]
    assert not wrong, listed(wrong)


def keeps_placeholders(message: Message) -> bool:
    """Whether every form names what the longest form of the source names."""
    sources = [message.id] if isinstance(message.id, str) else list(message.id)
    forms = [message.string] if isinstance(message.string, str) else list(message.string or [])
    return all(placeholders(form) == placeholders(sources[-1]) for form in forms if form)


def placeholders(text: str) -> Counter[str]:
    """The placeholders of a text; a percent sign of its own is written double and is none."""
    return Counter(match.group() for match in PLACEHOLDER.finditer(text.replace("%%", "")))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(messages.PACKAGE)))
def test_templates_show_no_unmarked_text(path: Path) -> None:
    found = unmarked(path.read_text(encoding="utf-8"))
    assert not found, listed(found)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ("<p>{% translate 'Hello' %} {{ name }}</p>", []),
        ("<p>{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}</p>", []),
        ('<input placeholder="Search">', ["Search"]),
        ("<input placeholder=\"{% translate 'Search' %}\">", []),
        ("<script>let word</script> {# note #} Rapport · 3", []),
        ("{% comment %}Not shown{% endcomment %}", []),
        ("{% block page_class %}page-narrow{% endblock %}{% block title %}Deal{% endblock %}", ["Deal"]),
    ],
)
def test_the_detector_of_unmarked_text(source: str, expected: list[str]) -> None:
    assert unmarked(source) == expected


def unmarked(source: str) -> list[str]:
    """The words that a template shows in one language only."""
    finder = ShownText()
    finder.feed(without_template_code(source))
    finder.close()
    return finder.found


def without_template_code(source: str) -> str:
    """The HTML of a template: no tags, no variables, and nothing of the blocks that are translated."""
    kept, inside = [], ""
    for token in Lexer(source).tokenize():
        word, _, rest = token.contents.partition(" ") if token.token_type is TokenType.BLOCK else ("", "", "")
        is_for_machines = word == "block" and rest.endswith("class")
        if not inside and (word in ("blocktranslate", "comment", "verbatim") or is_for_machines):
            inside = "end" + word
        elif inside and word == inside:
            inside = ""
        elif not inside and token.token_type is TokenType.TEXT:
            kept.append(token.contents)
    return "".join(kept)


class ShownText(HTMLParser):
    """Collects the words between the tags and in the attributes that people see or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the attributes; keep silent inside code."""
        self.silent += tag in SILENT_ELEMENTS
        for name, value in attrs:
            if name in SHOWN_ATTRIBUTES and value:
                self.note(value)

    def handle_endtag(self, tag: str) -> None:
        """Listen again after code."""
        self.silent -= tag in SILENT_ELEMENTS

    def handle_data(self, data: str) -> None:
        """Look at the words."""
        if not self.silent:
            self.note(data)

    def note(self, text: str) -> None:
        """Remember a text that has a word of one language in it."""
        words = set(WORD.findall(text)) - SAME_IN_ALL_LANGUAGES
        if words:
            self.found.append(" ".join(text.split()))

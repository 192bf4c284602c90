"""Texts are found wherever they are marked."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools import messages


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("templates/a.html", "{% translate 'Save' %}", (None, "Save")),
        ("templates/a.html", "{% translate 'Stage' context 'deal' %}", ("deal", "Stage")),
        ("templates/a.html", "{% icon 'x' title=_('Close') %}", (None, "Close")),
        (
            "templates/a.html",
            "{% blocktranslate with name=a.name trimmed %}\n  Hello\n  {{ name }}\n{% endblocktranslate %}",
            (None, "Hello %(name)s"),
        ),
        (
            "templates/a.html",
            "{% blocktranslate count n=n %}{{ n }} deal{% plural %}{{ n }} deals{% endblocktranslate %}",
            (None, ("%(n)s deal", "%(n)s deals")),
        ),
        ("a.py", "label = _('Name')", (None, "Name")),
        ("a.py", "label = pgettext_lazy('user', 'May sign in')", ("user", "May sign in")),
    ],
)
def test_collects(
    name: str,
    source: str,
    expected: tuple[str | None, object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(source)
    monkeypatch.setattr(messages, "PACKAGE", tmp_path)
    assert [(found.context, found.id) for found in messages.collect() if found.id] == [expected]


def test_an_update_keeps_translations_and_drops_what_is_gone() -> None:
    catalogue = Catalog(locale="vi")
    catalogue.add("Save", "Lưu")
    catalogue.add("Old", "Cũ")
    template = Catalog()
    template.add("Save")
    template.add("New")
    messages.refresh(catalogue, template)
    assert {message.id: message.string for message in catalogue if message.id} == {"Save": "Lưu", "New": None}
    assert messages.untranslated(catalogue) == ["New"]

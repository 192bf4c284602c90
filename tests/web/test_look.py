"""The template tags: what they write, and that they escape."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from rapport.web.accounts.forms import OwnProfileForm


def written(source: str, *, language: str = "en", **context: Any) -> str:
    """A template, rendered."""
    with translation.override(language):
        return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("amount", "currency", "language", "text"),
    [
        (Decimal(1_840_000_000), "VND", "vi", "1.840.000.000 ₫"),
        (Decimal("4514.5"), "USD", "en", "$4,514.50"),
        (None, "VND", "vi", ""),
    ],
)
def test_money(amount: Decimal | None, currency: str, language: str, text: str) -> None:
    shown = written("{{ amount|money:currency }}", language=language, amount=amount, currency=currency)
    assert shown.replace("\N{NO-BREAK SPACE}", " ") == text


def test_an_instant_is_local_and_full_when_pointed_at() -> None:
    shown = written("{{ at|when }}", at=datetime(2020, 3, 4, 20, 0, tzinfo=UTC))
    assert shown == ('<time datetime="2020-03-05T03:00:00+07:00" title="5 Mar 2020 03:00">5 Mar 2020</time>')


def test_a_day_of_an_instant_is_the_local_one() -> None:
    shown = written("{{ at|on_day }}", language="vi", at=datetime(2020, 3, 4, 20, 0, tzinfo=UTC))
    assert ">05/03/2020<" in shown


@pytest.mark.parametrize("value", [None, "", []])
def test_what_is_unknown_is_said(value: object) -> None:
    assert "Not known yet" in written("{{ value|or_unknown }}", value=value)


@pytest.mark.parametrize("value", [0, False, "Null", "NA"])
def test_what_is_known_is_shown(value: object) -> None:
    assert written("{{ value|or_unknown }}", value=value) == str(value)


def test_names_are_escaped() -> None:
    name = "<script>alert(1)</script>"
    shown = written('{{ name|or_unknown }}{% badge name "person" %}{% avatar name "company" %}', name=name)
    assert "<script" not in shown


def test_a_badge_takes_known_hues_only() -> None:
    assert "hue-company" in written('{% badge "A" "company" %}')
    assert "hue-plain" in written('{% badge "A" "x onclick" %}')


def test_an_icon_is_hidden_from_screen_readers() -> None:
    shown = written('{% icon "phone" "small" %}')
    assert 'aria-hidden="true"' in shown
    assert "#phone" in shown


def test_a_control_has_the_look_of_its_kind_and_names_its_help() -> None:
    form = OwnProfileForm({"full_name": "", "email": "x"})
    shown = written('{% include "components/_field.html" with field=form.email %}', form=form)
    assert 'class="input"' in shown
    assert 'aria-invalid="true"' in shown
    assert 'id="id_email_error"' in shown


@pytest.mark.parametrize(
    ("query", "address", "direction"),
    [
        ("", "?sort=name", ""),
        ("?sort=name&cursor=x&tag=a", "?sort=-name&amp;tag=a", "ascending"),
        ("?sort=-name", "?sort=name", "descending"),
        ("?sort=age", "?sort=name", ""),
    ],
)
def test_a_heading_sorts(query: str, address: str, direction: str) -> None:
    request = RequestFactory().get(f"/people/{query}")
    shown = written('{% sortable "name" "Name" %}', request=request)
    assert f'href="{address}"' in shown
    assert (f'aria-sort="{direction}"' in shown) == bool(direction)


def test_the_next_page_keeps_the_filters() -> None:
    request = RequestFactory().get("/people/?tag=a&cursor=old")
    assert written('{% here_with cursor="new" %}', request=request) == "?tag=a&amp;cursor=new"
    assert written("{% here_with cursor=None %}", request=request) == "?tag=a"

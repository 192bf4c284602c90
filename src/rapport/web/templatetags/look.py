"""Template tags for how things look: icons, money, numbers, days, badges, fields of forms."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, FileInput, RadioSelect, Select, Textarea, Widget
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_vite.core.asset_loader import DjangoViteAssetLoader

from rapport.core import clock, money
from rapport.web import formats

register = template.Library()
HUES = frozenset({"company", "person", "relation", "info", "good", "warn", "bad", "plain"})


def _language() -> str:
    """The language of the page."""
    return (get_language() or "en").split("-")[0]


@cache
def _sprite() -> str:
    """The address of the icons. Asking for it anew for each icon would be a third of the work of a page."""
    return str(DjangoViteAssetLoader.instance().generate_vite_asset_url("icons.svg"))


@register.simple_tag
@cache
def icon(name: str, size: str = "") -> SafeString:
    """`{% icon "phone" %}`: an icon of the sprite (names in frontend/icons.ts); size small or large."""
    extra = f" icon-{size}" if size else ""
    return format_html('<svg class="icon{}" aria-hidden="true"><use href="{}#{}"></use></svg>', extra, _sprite(), name)


@cache
def _page_address(view: str) -> str:
    """The address of a record's page, with 0 for its number."""
    return reverse(view, args=[0])


@register.simple_tag
def page_of(view: str, number: int) -> str:
    """`{% page_of "people:page" person.pk %}`: as `{% url %}`, but quick enough for every row of a list."""
    return _page_address(view).replace("/0/", f"/{int(number)}/", 1)


@register.filter(name="money")
def money_filter(amount: Decimal | None, currency: str = "VND") -> str:
    """`{{ amount|money:deal.currency }}`: `1.840.000.000 ₫`; unknown is empty."""
    return money.written(amount, currency=currency or "VND", language=_language())


@register.filter
def short_money(amount: Decimal | None, currency: str = "VND") -> str:
    """`{{ amount|short_money:"VND" }}`: `1,8 tỷ ₫`; unknown is empty."""
    return money.short(amount, currency=currency or "VND", language=_language())


@register.filter
def number(value: Decimal | float | None, digits: int = 2) -> str:
    """`{{ count|number }}`: with the separators of the language; unknown is empty."""
    return formats.number(value, language=_language(), digits=digits)


@register.filter
def share(value: Decimal | float | None, digits: int = 0) -> str:
    """`{{ 0.34|share }}`: `34%`."""
    return formats.share(value, language=_language(), digits=digits)


@register.filter
def when(value: datetime | None) -> SafeString | str:
    """`{{ instant|when }}`: `Yesterday 14:00`, in full when pointed at; unknown is empty."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    text = formats.when(local, now=timezone.localtime(clock.now()), language=_language())
    full = formats.instant(local, language=_language())
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), full, text)


@register.filter
def on_day(value: date | datetime | None) -> SafeString | str:
    """`{{ day|on_day }}`: `21/11/2026` or `21 Nov 2026`; of an instant its local day; unknown is empty."""
    if value is None:
        return ""
    local = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), formats.day(local, language=_language()))


@register.filter
def in_month(value: date | None) -> str:
    """`{{ day|in_month }}`: `11/2026`, `Nov 2026`."""
    return formats.month(value, language=_language())


@register.filter
def due(value: date | None) -> SafeString | str:
    """`{{ task.due_on|due }}`: `Tomorrow`, `3 days late` (in red); unknown is empty."""
    if value is None:
        return ""
    today = clock.today()
    late = " hue-bad hue-ink" if value < today else ""
    text = formats.due(value, today=today, language=_language())
    full = formats.day(value, language=_language())
    return format_html('<time class="when{}" datetime="{}" title="{}">{}</time>', late, value.isoformat(), full, text)


@register.filter
def duration(minutes: int | None) -> str:
    """`{{ interaction.minutes|duration }}`: `2 h 10 min`."""
    return formats.duration(minutes)


@register.filter
def file_size(size: int | None) -> str:
    """`{{ file.size|file_size }}`: `4.2 MB`."""
    return formats.file_size(size, language=_language())


@register.filter
def or_unknown(value: Any) -> Any:
    """`{{ value|or_unknown }}`: the value, or `Not known yet` where there is none. Zero is a value."""
    if value is None or value == "" or value == []:
        return format_html('<span class="unknown">{}</span>', _("Not known yet"))
    return value


@register.simple_tag
def badge(text: Any, hue: str = "plain", icon_name: str = "") -> SafeString:
    """`{% badge _("Archived") "warn" "archive" %}`: a small pill.

    Hues: company, person, relation for what a thing is; info, good, warn, bad, plain for its state.
    """
    mark = icon(icon_name) if icon_name else ""
    return format_html('<span class="pill hue-{}">{}{}</span>', hue if hue in HUES else "plain", mark, text)


@register.simple_tag
def avatar(name: Any, kind: str = "person", size: str = "") -> SafeString:
    """`{% avatar company.name "company" "large" %}`: initials in the hue of the kind, `?` for no name."""
    hue = kind if kind in HUES else "plain"
    letters = formats.initials(str(name or ""), of_company=kind == "company")
    extra = f" avatar-{size}" if size else ""
    return format_html('<span class="avatar-round hue-{}{}" aria-hidden="true">{}</span>', hue, extra, letters)


@register.simple_tag
def widget(field: BoundField, bare: bool = False) -> SafeString:
    """`{% widget form.name %}`: the field's control alone, in the look of its kind; bare: no placeholder."""
    control = field.field.widget
    classes = f"{_widget_class(control)} {control.attrs.get('class', '')}".strip()
    attributes: dict[str, Any] = {"class": classes}
    return field.as_widget(attrs=attributes | ({"placeholder": False} if bare else {}))


def _widget_class(control: Widget) -> str:
    """The class that gives a control its look."""
    kinds: list[tuple[type[Widget], str]] = [
        (CheckboxInput, "checkbox checkbox-sm checkbox-primary"),
        (RadioSelect, "radio-list"),
        (Select, "select"),
        (Textarea, "textarea"),
        (FileInput, "file-input"),
    ]
    return next((name for kind, name in kinds if isinstance(control, kind)), "input")


@register.filter
def is_check(field: BoundField) -> bool:
    """Whether the field is one box to tick, whose label stands behind it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.inclusion_tag("components/_sortable.html", takes_context=True)
def sortable(context: template.Context, column: str, label: str, number: str = "") -> dict[str, Any]:
    """`{% sortable "name" _("Name") %}`: a `<th>` that sorts by `?sort=name`, and by `-name` when it does.

    The order at work is the variable `sort`, else `?sort=`. `number="number"` sets it to the right.
    """
    request = context["request"]
    current = str(context.get("sort") or request.GET.get("sort", ""))
    asked = request.GET.copy()
    asked["sort"] = f"-{column}" if current == column else column
    asked.pop("cursor", None)
    return {
        "label": label,
        "address": f"?{asked.urlencode()}",
        "direction": {column: "ascending", f"-{column}": "descending"}.get(current, ""),
        "number": number,
    }


@register.simple_tag(takes_context=True)
def here_with(context: template.Context, **changes: Any) -> str:
    """`{% here_with cursor=next_cursor %}`: this page's query with changes; None or "" leaves one out."""
    asked = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            asked.pop(name, None)
        else:
            asked[name] = str(value)
    return f"?{asked.urlencode()}"

"""The stakeholder map as a file of its own: SVG, and PNG or PDF made of it."""

from collections.abc import Callable
from functools import cache

import vl_convert
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from rapport.core.typesetting import FONTS
from rapport.deals.queries.committee import Committee
from rapport.web import formats
from rapport.web.committee import page

# Two pixels for one: a map is mostly small letters, and goes into slides.
SHARPNESS = 2.0
# Room for the title and the keys.
_NARROWEST = 560


class NobodyToDraw(Exception):
    """A committee without people has no map."""


def svg(committee: Committee) -> str:
    """The map with its colours, its keys and its title, for any program. Raises NobodyToDraw."""
    drawn = page.map_of(committee)
    if drawn is None:
        raise NobodyToDraw
    language = (get_language() or "en").split("-")[0]
    context = {
        "map": drawn,
        "map_labels": page.map_labels(),
        "committee": committee,
        "deal": committee.deal,
        "wide": max(drawn.wide, _NARROWEST),
        "language": language,
        "day": formats.day(timezone.localtime(committee.at).date(), language=language),
    }
    return render_to_string("committee/_map_file.html", context).strip()


def png(text: str) -> bytes:
    """A picture for slides."""
    _know_fonts()
    return vl_convert.svg_to_png(text, scale=SHARPNESS)


def pdf(text: str) -> bytes:
    """A page of the size of the map."""
    _know_fonts()
    return vl_convert.svg_to_pdf(text)


@cache
def _know_fonts() -> None:
    """Have Inter at hand, once a process: the fonts of a machine may lack Vietnamese letters."""
    if FONTS.is_dir():
        vl_convert.register_font_directory(str(FONTS))


FORMS: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "svg": ("image/svg+xml", str.encode),
    "png": ("image/png", png),
    "pdf": ("application/pdf", pdf),
}

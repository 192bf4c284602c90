"""Who entered and left a segment over time, as a picture and its table."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rapport.segments.models import Segment, Tally
from rapport.web import formats
from rapport.web.insight import pictures
from rapport.web.insight.pictures import Picture, Series
from rapport.web.insight.tables import Column, Table

FEWEST = 2


def changes_table(tallies: Sequence[Tally]) -> Table:
    """Day by day: people in the segment, entered, left; the newest day first."""
    columns = (
        Column(_("Day"), "day"),
        Column(_("People"), "number"),
        Column(_("Entered"), "number"),
        Column(_("Left"), "number"),
    )
    rows = [(tally.as_of.isoformat(), tally.members, tally.entered, tally.left) for tally in reversed(tallies)]
    return Table(columns=columns, rows=rows)


def changes_picture(segment: Segment, tallies: Sequence[Tally]) -> Picture:
    """Entered and left, day by day, but for the first day: people were found then, they did not come."""
    title = _("Entered and left")
    if len(tallies) < FEWEST:
        reason = _("It is seen from the second day on who enters and who leaves.")
        return Picture(name="changes", title=title, metric="", too_few=reason, wide=True)
    language = (get_language() or "en").split("-")[0]
    later = tallies[1:]
    series = [
        Series(name=_("Entered"), hue="person", values=[tally.entered for tally in later]),
        Series(name=_("Left"), hue="muted", values=[-tally.left for tally in later]),
    ]
    return Picture(
        name="changes",
        title=title,
        metric="",
        drawing=pictures.bars(
            categories=[formats.day(tally.as_of, language=language) for tally in later],
            series=series,
            unit=pictures.number(),
            stacked=True,
        ),
        table=changes_table(tallies),
        keys=pictures.keys(series),
        tall=12,
        wide=True,
        csv=reverse("segments:changes-csv", args=[segment.pk]),
        summary=_("People who entered and left the segment, day by day; the table has the numbers."),
    )

"""Every change of a segment is noted, not what its refreshes count."""

from django.db import migrations

from rapport.history.tracking import track


class Migration(migrations.Migration):
    dependencies = [("segments", "0002_notes_of_what_is_gone"), ("history", "0001_initial")]
    operations = [
        track(
            "segments_segment",
            kind="segments.segment",
            ignoring=("member_count", "refreshed_at", "as_of", "horizon", "ground"),
        ),
    ]

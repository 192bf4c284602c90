"""Every change of interactions and tasks is noted."""

from django.db import migrations

from rapport.history.tracking import track


class Migration(migrations.Migration):
    dependencies = [("timeline", "0001_initial"), ("history", "0001_initial")]
    operations = [
        track("timeline_interaction", kind="timeline.interaction", whole="company_id"),
        track(
            "timeline_interactionperson", kind="timeline.interactionperson", whole="interaction_id", other="person_id"
        ),
        track("timeline_task", kind="timeline.task", whole="person_id", other="company_id"),
    ]

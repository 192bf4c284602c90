"""The newest closed deals of a stage, for the board."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deals", "0006_next_steps")]

    operations = [
        migrations.AddIndex(
            model_name="deal",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)),
                fields=["stage", "-closed_at", "-id"],
                name="deal_by_closing",
            ),
        ),
    ]

"""A row that could not be changed says why."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lists", "0002_bulk")]

    operations = [
        migrations.AlterField(
            model_name="bulkrow",
            name="state",
            field=models.CharField(
                choices=[
                    ("w", "Waiting"),
                    ("c", "Changed"),
                    ("s", "Same"),
                    ("r", "Refused"),
                    ("m", "Merged"),
                    ("e", "Too Early"),
                    ("g", "Gone"),
                    ("u", "Undone"),
                    ("l", "Left"),
                ],
                default="w",
                max_length=1,
            ),
        ),
    ]

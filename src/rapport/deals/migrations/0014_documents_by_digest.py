"""The same file may belong to several deals: what is stored is named by its digest."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deals", "0013_history")]

    operations = [
        migrations.AlterField(
            model_name="dealdocument",
            name="stored",
            field=models.CharField(db_index=True, max_length=80),
        ),
    ]

"""Fields of the company's own on people and companies."""

from django.db import migrations

import rapport.fields.columns


class Migration(migrations.Migration):
    dependencies = [("people", "0002_merges")]

    operations = [
        migrations.AddField(model_name="person", name="custom", field=rapport.fields.columns.CustomValues()),
        migrations.AddField(model_name="company", name="custom", field=rapport.fields.columns.CustomValues()),
    ]

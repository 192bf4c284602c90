"""Fields of the company's own on deals."""

from django.db import migrations

import rapport.fields.columns


class Migration(migrations.Migration):
    dependencies = [("deals", "0011_quote_discount")]

    operations = [
        migrations.AddField(model_name="deal", name="custom", field=rapport.fields.columns.CustomValues()),
    ]

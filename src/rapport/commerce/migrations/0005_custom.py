"""Fields of the company's own on orders."""

from django.db import migrations

import rapport.fields.columns


class Migration(migrations.Migration):
    dependencies = [("commerce", "0004_exchange_rates")]

    operations = [
        migrations.AddField(model_name="order", name="custom", field=rapport.fields.columns.CustomValues()),
    ]

"""Every change of a custom field's definition is noted."""

from django.db import migrations

from rapport.history.tracking import track


class Migration(migrations.Migration):
    dependencies = [("fields", "0001_initial"), ("history", "0001_initial")]
    operations = [track("fields_definition", kind="fields.fielddefinition", ignoring=("indexed_at",))]

"""Every change of a kept mapping is noted."""

from django.db import migrations

from rapport.history.tracking import track


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial"), ("history", "0001_initial")]
    operations = [
        track("imports_savedmapping", kind="imports.savedmapping"),
    ]

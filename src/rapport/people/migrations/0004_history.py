"""Every change of people, companies and what ties them is noted."""

from django.db import migrations

from rapport.history.tracking import track


class Migration(migrations.Migration):
    dependencies = [("people", "0003_custom"), ("history", "0001_initial")]
    operations = [
        track("people_person", kind="people.person"),
        track("people_company", kind="people.company"),
        track("people_affiliation", kind="people.affiliation", whole="person_id", other="company_id"),
        track("people_companylink", kind="people.companylink", whole="from_company_id", other="to_company_id"),
        track("people_contactpoint", kind="people.contactpoint", whole="person_id"),
    ]

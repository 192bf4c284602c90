"""Every change of colleagues, teams, roles and their rights is noted, never a password or a token."""

from django.db import migrations

from rapport.history.tracking import track


class Migration(migrations.Migration):
    dependencies = [("identity", "0004_tokens"), ("history", "0001_initial")]
    operations = [
        track("identity_role", kind="identity.role"),
        track("identity_right", kind="identity.right", whole="role_id"),
        track("identity_team", kind="identity.team"),
        track("identity_user", kind="identity.user", ignoring=("password", "last_login")),
        track("identity_organisation", kind="identity.organisation"),
        track("identity_apitoken", kind="identity.apitoken", whole="user_id", ignoring=("token_hash", "last_used_at")),
    ]

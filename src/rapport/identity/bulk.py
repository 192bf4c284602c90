"""Colleagues named in files."""

from rapport.core.bulk import Load, find_by


def find_users(load: Load, *, link: str) -> int:
    """Find colleagues by e-mail, then by full name; make those nobody knows, unable to sign in. Gives how many."""
    by_name = "lower(t.full_name) = lower(left(l.value, 200))"
    find_by(load, link=link, table="identity_user", on="lower(t.email) = lower(l.value)")
    find_by(load, link=link, table="identity_user", on=by_name)
    if not load.add_unknown:
        return 0
    added = load.run(
        f"""INSERT INTO identity_user (password, full_name, role, is_active, language, theme, joined_at, batch)
            SELECT '!', name, 'seller', false, '', '', %(at)s, %(batch)s
            FROM (SELECT DISTINCT ON (lower(value)) left(value, 200) AS name FROM {link}
                  WHERE id IS NULL AND problem IS NULL ORDER BY lower(value), value DESC) unknown ORDER BY name"""
    )
    find_by(load, link=link, table="identity_user", on=by_name)
    return added

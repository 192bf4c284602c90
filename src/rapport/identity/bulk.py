"""Colleagues and their teams, named in files or a file's own subject."""

from collections.abc import Sequence

from rapport.core.bulk import (
    Load,
    Way,
    by_unique,
    find_by,
    insert_created,
    keep_before,
    keep_made,
    make_fate,
    reject_bad_links,
    update_matched,
)

USER, TEAM = "identity_user", "identity_team"


def find_users(load: Load, *, link: str) -> int:
    """Find colleagues by e-mail, then by full name; make those nobody knows, unable to sign in. Gives how many."""
    by_name = "lower(t.full_name) = lower(left(l.value, 200))"
    find_by(load, link=link, table=USER, on="lower(t.email) = lower(l.value)")
    find_by(load, link=link, table=USER, on=by_name)
    if not load.add_unknown:
        return 0
    added = load.run(
        f"""INSERT INTO identity_user (password, full_name, role, is_active, language, theme, joined_at, batch)
            SELECT '!', name, 'seller', false, '', '', %(at)s, %(batch)s
            FROM (SELECT DISTINCT ON (lower(value)) left(value, 200) AS name FROM {link}
                  WHERE id IS NULL AND problem IS NULL ORDER BY lower(value), value DESC) unknown ORDER BY name"""
    )
    find_by(load, link=link, table=USER, on=by_name)
    return added


def load_colleagues(load: Load, *, owned: Sequence[str]) -> dict[str, int]:
    """Write the staged colleagues, their teams and managers; gives how many teams and managers were made on the way.

    Colleagues are matched by e-mail, then by name, as owners are. New ones cannot sign in. What a colleague owns in
    the tables `owned` and no team has yet goes to the colleague's team.
    """
    teams = _find_teams(load)
    make_fate(load, sequence="identity_user_id_seq", ways=_ways(load))
    joins = "LEFT JOIN team_names n ON n.fold = lower(s.team)" if load.has("team") else ""
    given = {name: f"s.{name}" for name in ("full_name", "email") if load.has(name)}
    if load.has("team"):
        given["team_id"] = "n.id"
    # Whoever signs in works with the rights they have: a file gives and takes none of them.
    role = {"role": "CASE WHEN t.is_active THEN t.role ELSE coalesce(s.role, t.role) END"} if load.has("role") else {}
    _reject_roles(load)
    update_matched(load, table=USER, columns=given, exact=role, joins=joins, touch=False)
    fresh = {"password": "'!'", "is_active": "false", "language": "''", "theme": "''", "joined_at": "%(at)s"}
    fresh |= given | {"role": f"coalesce({load.value('role')}, 'seller')"}
    fresh["full_name"] = f"coalesce({load.value('full_name')}, {load.value('email')})"
    insert_created(load, table=USER, columns=fresh, joins=joins)
    _tie_teams(load)
    made = _name_managers(load)
    for table in owned:
        _give_team(load, table=table)
    return {"teams": teams, "users": made}


def _ways(load: Load) -> list[Way]:
    """By e-mail; then by name, or by an e-mail that a file gave as a name, never one of another e-mail."""
    ways = []
    if load.has("email"):
        ways.append(Way(f"SELECT s.line, t.id FROM staged s JOIN {USER} t ON lower(t.email) = lower(s.email)"))
    if load.duplicates == "create":
        return ways
    other = "AND (t.email IS NULL OR s.email IS NULL)" if load.has("email") else ""
    if load.has("full_name"):
        on = f"lower(t.full_name) = lower(s.full_name) {other}"
        ways.append(Way(by_unique(table=USER, on=on, bare="false", alone="true"), "full_name"))
    if load.has("email"):
        on = "lower(t.full_name) = lower(s.email) AND t.email IS NULL"
        ways.append(Way(by_unique(table=USER, on=on, bare="false", alone="true"), "email"))
    return ways


def _find_teams(load: Load) -> int:
    """Find the teams of the file by name in `team_names`, and make those nobody knows; gives how many."""
    if load.has("parent_team"):
        load.run(
            f"""INSERT INTO rejected SELECT s.line, 'team', 'missing', '' FROM staged s
                WHERE s.parent_team IS NOT NULL AND {load.value("team")} IS NULL ON CONFLICT DO NOTHING"""
        )
    told = [f"SELECT line, {name} AS name FROM staged" for name in ("team", "parent_team") if load.has(name)]
    rows = " UNION ALL ".join(told) or "SELECT 0 AS line, NULL::text AS name"
    load.run(
        f"""CREATE TEMP TABLE team_names ON COMMIT DROP AS
            SELECT DISTINCT ON (lower(name)) lower(name) AS fold, name, line, NULL::bigint AS id FROM ({rows}) told
            WHERE name IS NOT NULL AND NOT EXISTS (SELECT FROM rejected r WHERE r.line = told.line)
            ORDER BY lower(name), line"""
    )
    find = f"""UPDATE team_names n SET id = (SELECT t.id FROM {TEAM} t WHERE lower(t.name) = n.fold
                                             ORDER BY t.name = n.name DESC, t.id LIMIT 1)"""
    load.run(find)
    made = 0
    if load.add_unknown:
        unknown = "SELECT name FROM team_names WHERE id IS NULL ORDER BY line"
        made = keep_made(load, table=TEAM, insert=f"INSERT INTO {TEAM} (name) {unknown}")
        load.run(find)
    for name in ("team", "parent_team"):
        if load.has(name):
            load.run(
                f"""INSERT INTO rejected SELECT s.line, '{name}', 'unknown', s.{name} FROM staged s
                    JOIN team_names n ON n.fold = lower(s.{name}) WHERE n.id IS NULL ON CONFLICT DO NOTHING"""
            )
    return made


def _reject_roles(load: Load) -> None:
    """Lines that would change what someone who signs in may do."""
    if load.has("role") and load.duplicates != "skip":
        load.run(
            f"""INSERT INTO rejected SELECT s.line, 'role', 'role_of_user', t.full_name FROM staged s
                JOIN fate f ON f.line = s.line JOIN {USER} t ON t.id = f.id
                WHERE t.is_active AND t.role <> s.role ON CONFLICT DO NOTHING"""
        )


def _tie_teams(load: Load) -> None:
    """Put teams below others, as the last line of each says; lines that would make a ring are rejected."""
    if not (load.has("team") and load.has("parent_team")):
        return
    known = "" if load.duplicates != "skip" else "AND b.row_id IS NOT NULL"
    load.run(
        f"""CREATE TEMP TABLE ties ON COMMIT DROP AS
            SELECT DISTINCT ON (n.id) n.id AS child, p.id AS parent, s.line FROM staged s
            JOIN fate f ON f.line = s.line JOIN team_names n ON n.fold = lower(s.team)
            JOIN team_names p ON p.fold = lower(s.parent_team)
            LEFT JOIN before_images b ON b.table_name = '{TEAM}' AND b.row_id = n.id
            WHERE true {known} ORDER BY n.id, s.line DESC;
            CREATE TEMP TABLE rings ON COMMIT DROP AS
            WITH RECURSIVE links AS (
                SELECT parent_id AS parent, id AS child FROM {TEAM}
                WHERE parent_id IS NOT NULL AND id NOT IN (SELECT child FROM ties)
                UNION SELECT parent, child FROM ties),
            above(child, ancestor) AS (
                SELECT child, parent FROM ties UNION
                SELECT a.child, l.parent FROM above a JOIN links l ON l.child = a.ancestor)
            SELECT child FROM above WHERE child = ancestor;
            INSERT INTO rejected SELECT s.line, 'parent_team', 'ring', s.team FROM staged s
            JOIN team_names n ON n.fold = lower(s.team) JOIN rings r ON r.child = n.id
            WHERE s.parent_team IS NOT NULL ON CONFLICT DO NOTHING;
            DELETE FROM ties t USING {TEAM} g WHERE g.id = t.child AND (g.parent_id = t.parent
              OR t.child IN (SELECT child FROM rings))"""
    )
    keep_before(load, table=TEAM, ids="SELECT child FROM ties")
    load.run(
        f"""UPDATE {TEAM} g SET parent_id = t.parent FROM ties t WHERE t.child = g.id;
            UPDATE fate f SET status = 'updated' FROM ties t WHERE t.line = f.line AND f.status = 'unchanged';
            DROP TABLE ties; DROP TABLE rings"""
    )


def _name_managers(load: Load) -> int:
    """Find the managers now that the file's own colleagues exist, or make them; gives how many were made.

    A manager who cannot sign in gets that role unless a line of the file gives another, and, being in no team yet,
    the team of the first line that names them.
    """
    load.run("CREATE TEMP TABLE newcomers ON COMMIT DROP AS SELECT id FROM fate WHERE status = 'created'")
    load.run("CREATE TEMP TABLE colleagues_here ON COMMIT DROP AS SELECT id FROM fate")
    if not load.has("manager"):
        return 0
    load.run(f"SELECT coalesce(max(id), 0) FROM {USER}")
    [newest] = load.cursor.fetchone()
    made = find_users(load, link="link_manager")
    load.run(f"INSERT INTO newcomers SELECT id FROM {USER} WHERE id > %(newest)s", newest=newest)
    reject_bad_links(load, field="manager")
    _lead(load)
    return made


def _lead(load: Load) -> None:
    """Give the managers their role and team, and note the lines by which one that was known changes."""
    team = "n.id" if load.has("team") else "NULL::bigint"
    joins = "LEFT JOIN team_names n ON n.fold = lower(s.team)" if load.has("team") else ""
    told = "SELECT f.id FROM fate f JOIN staged s ON s.line = f.line WHERE s.role IS NOT NULL"
    free = f"AND u.id NOT IN ({told})" if load.has("role") else ""
    fresh = "WHERE u.id IN (SELECT id FROM newcomers)" if load.duplicates == "skip" else ""
    load.run(
        f"""CREATE TEMP TABLE managing ON COMMIT DROP AS
            SELECT m.id, m.line, coalesce(u.team_id, m.team_id) AS team_id,
                   CASE WHEN NOT u.is_active AND u.role IN ('seller', 'viewer') {free}
                        THEN 'manager' ELSE u.role END AS role
            FROM (SELECT DISTINCT ON (l.id) l.id, s.line, {team} AS team_id FROM staged s
                  JOIN fate f ON f.line = s.line JOIN link_manager l ON l.value = s.manager {joins}
                  WHERE l.id IS NOT NULL ORDER BY l.id, {team} IS NULL, s.line) m
            JOIN {USER} u ON u.id = m.id {fresh};
            INSERT INTO colleagues_here SELECT id FROM managing;
            DELETE FROM managing m USING {USER} u
            WHERE u.id = m.id AND (u.role, u.team_id) IS NOT DISTINCT FROM (m.role, m.team_id)"""
    )
    keep_before(load, table=USER, ids="SELECT id FROM managing WHERE id NOT IN (SELECT id FROM newcomers)")
    load.run(
        f"""UPDATE {USER} u SET role = m.role, team_id = m.team_id FROM managing m WHERE m.id = u.id;
            UPDATE fate f SET status = 'updated' FROM managing m
            WHERE m.line = f.line AND f.status = 'unchanged' AND m.id NOT IN (SELECT id FROM newcomers);
            DROP TABLE managing"""
    )


def _give_team(load: Load, *, table: str) -> None:
    """Records of the file's colleagues that no team has yet go to their owner's team."""
    whose = "newcomers" if load.duplicates == "skip" else "colleagues_here"
    teamless = f"r.team_id IS NULL AND u.team_id IS NOT NULL AND u.id IN (SELECT id FROM {whose})"
    keep_before(load, table=table, ids=f"SELECT r.id FROM {table} r JOIN {USER} u ON u.id = r.owner_id AND {teamless}")
    load.run(
        f"""UPDATE {table} r SET team_id = u.team_id, version = r.version + 1, updated_at = %(at)s
            FROM {USER} u WHERE u.id = r.owner_id AND {teamless}"""
    )

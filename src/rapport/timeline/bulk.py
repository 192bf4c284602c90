"""Interactions written in sets, for imports."""

from rapport.core.bulk import Load, by_external_id, insert_created, keep_before, keep_made, make_fate, update_matched

INTERACTION = "timeline_interaction"
PARTICIPANT = "timeline_interactionperson"


def load_interactions(load: Load) -> None:
    """Write the staged interactions, matched by external id, with the person who took part."""
    make_fate(load, sequence="timeline_interaction_id_seq", ways=[by_external_id(INTERACTION)])
    joins = "LEFT JOIN link_company lc ON lc.value = s.company" if load.has("company") else ""
    texts = ("channel", "direction", "subject", "body")
    given = {name: f's."{name}"' for name in ("kind", "at", *texts, "minutes") if load.has(name)}
    if load.has("company"):
        given["company_id"] = "lc.id"
    update_matched(load, table=INTERACTION, columns=given, joins=joins)
    follow(load, table=PARTICIPANT)
    fresh = {"source": "''", "external_id": "s.external_id", **dict.fromkeys(texts, "''")}
    fresh |= {name: f"coalesce({sql}, '')" if name in texts else sql for name, sql in given.items()}
    insert_created(load, table=INTERACTION, columns=fresh, joins=joins)
    if load.has("person"):
        tie(load, table=PARTICIPANT, column="person_id", link="link_person", field="person")


def tie(load: Load, *, table: str, column: str, link: str, field: str) -> None:
    """Tie the interactions to what their lines name; one that was there before and gets a new tie is updated."""
    named = f"""FROM staged s JOIN fate f ON f.line = s.line JOIN {link} l ON l.value = s."{field}"
                JOIN {INTERACTION} t ON t.id = f.id"""
    load.run(
        f"""INSERT INTO {table} (interaction_id, {column}, at)
            SELECT f.id, l.id, t.at {named} WHERE f.status = 'created' ON CONFLICT DO NOTHING"""
    )
    if load.duplicates == "skip":
        return
    lacking = f"""{named} WHERE f.status <> 'created'
                  AND NOT EXISTS (SELECT FROM {table} p WHERE p.interaction_id = f.id AND p.{column} = l.id)"""
    load.run(f"CREATE TEMP TABLE new_ties ON COMMIT DROP AS SELECT s.line, f.id, l.id AS other_id, t.at {lacking}")
    keep_made(
        load,
        table=table,
        insert=f"""INSERT INTO {table} (interaction_id, {column}, at)
                   SELECT id, other_id, min(at) FROM new_ties GROUP BY id, other_id""",
    )
    load.run(
        """UPDATE fate f SET status = 'updated' FROM new_ties n WHERE n.line = f.line AND f.status = 'unchanged';
           DROP TABLE new_ties"""
    )


def follow(load: Load, *, table: str) -> None:
    """Bring the instants that a table of ties repeats up to date with interactions that were moved."""
    moved = f"""SELECT p.id, t.at FROM {table} p JOIN {INTERACTION} t ON t.id = p.interaction_id AND t.at <> p.at
                JOIN fate f ON f.id = t.id AND f.status = 'updated'"""
    if load.has("at") and load.finds(moved):
        keep_before(load, table=table, ids=f"SELECT id FROM ({moved}) moved")
        load.run(f"UPDATE {table} p SET at = m.at FROM ({moved}) m WHERE m.id = p.id")

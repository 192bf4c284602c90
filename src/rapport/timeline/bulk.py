"""Interactions written in sets, for imports."""

from rapport.core.bulk import Load, insert_created, make_fate, update_matched

INTERACTION = "timeline_interaction"


def load_interactions(load: Load) -> None:
    """Write the staged interactions, matched by external id, with the person who took part."""
    make_fate(
        load,
        sequence="timeline_interaction_id_seq",
        match=f"SELECT s.line, t.id FROM staged s JOIN {INTERACTION} t ON t.external_id = s.external_id",
    )
    joins = "LEFT JOIN link_company lc ON lc.value = s.company" if load.has("company") else ""
    texts = ("channel", "direction", "subject", "body")
    given = {name: f's."{name}"' for name in ("kind", "at", *texts, "minutes") if load.has(name)}
    if load.has("company"):
        given["company_id"] = "lc.id"
    update_matched(load, table=INTERACTION, columns=given, joins=joins)
    fresh = {"source": "''", "external_id": "s.external_id", **dict.fromkeys(texts, "''")}
    fresh |= {name: f"coalesce({sql}, '')" if name in texts else sql for name, sql in given.items()}
    insert_created(load, table=INTERACTION, columns=fresh, joins=joins)
    if load.has("person"):
        load.run(
            """INSERT INTO timeline_interactionperson (interaction_id, person_id, at)
               SELECT f.id, l.id, t.at FROM staged s JOIN fate f ON f.line = s.line
               JOIN link_person l ON l.value = s.person JOIN timeline_interaction t ON t.id = f.id
               WHERE f.status = 'created' OR NOT EXISTS (
                 SELECT FROM timeline_interactionperson p WHERE p.interaction_id = f.id AND p.person_id = l.id)"""
        )

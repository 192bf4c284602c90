"""Posts of people at companies, written in sets."""

from rapport.core.bulk import Load, Way, fold_equal, insert_created, make_fate, update_matched

AFFILIATION = "people_affiliation"


def load_affiliations(load: Load) -> None:
    """Write the staged posts; one post is told by person, company, title and its beginning."""
    joins = "JOIN link_person lp ON lp.value = s.person JOIN link_company lc ON lc.value = s.company"
    title, since = f"coalesce({load.value('title')}, '')", f"{load.value('since')}::date"
    keys = {"person_id": "lp.id", "company_id": "lc.id", "title": title, "since": since}
    _reject_backward(load)
    fold_equal(load, keys=keys, joins=joins)
    on = f"t.person_id = lp.id AND t.company_id = lc.id AND t.title = {title} AND t.since IS NOT DISTINCT FROM {since}"
    known = Way(f"SELECT s.line, t.id FROM staged s {joins} JOIN {AFFILIATION} t ON {on}")
    make_fate(load, sequence="people_affiliation_id_seq", ways=[known])
    given = {name: f's."{name}"' for name in ("department", "until") if load.has(name)}
    update_matched(load, table=AFFILIATION, columns=given, touch=False)
    fresh = keys | {
        "department": f"coalesce({load.value('department')}, '')",
        "until": f"{load.value('until')}::date",
    }
    insert_created(load, table=AFFILIATION, columns=fresh, joins=joins)


def _reject_backward(load: Load) -> None:
    """Posts that would end before they begin."""
    if not load.has("since") or not load.has("until"):
        return
    load.run(
        """INSERT INTO rejected SELECT line, 'until', 'ends_before_it_begins', until::text FROM staged
           WHERE until < since ON CONFLICT DO NOTHING"""
    )

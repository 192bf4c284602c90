"""Deals written in sets."""

from rapport.core.bulk import Load, by_external_id, find_by, insert_created, make_fate, search_again, update_matched
from rapport.deals.bulk import history, sense, stages
from rapport.timeline import bulk as timeline

DEAL = "deals_deal"
# As `people.rules.naming.deal_search_text`.
SAID = {
    DEAL: """concat_ws(' ', t.name, CASE WHEN t.company_id IS NOT NULL
                 THEN (SELECT name FROM people_company c WHERE c.id = t.company_id)
                 ELSE (SELECT coalesce(nullif(full_name, ''), external_id, nullif(email, ''), phone)
                       FROM people_person p WHERE p.id = t.person_id) END, t.external_id)""",
}
LINKED = ("person", "company", "product", "owner")


def find_deals(load: Load, *, link: str) -> int:
    """Find deals by external id, or by name where that is unique; none is made from a mere number."""
    find_by(load, link=link, table=DEAL, on="t.external_id = l.value")
    find_by(load, link=link, table=DEAL, on="t.sort_name = left(l.fold, 200)")
    return 0


def load_deals(load: Load, *, listed: stages.Listed) -> dict[str, int]:
    """Write the staged deals, matched by external id, in stages found or made, with an inferred history.

    `listed` names the stages of a new pipeline in their order, by status (`open`, `won`, `lost`). What a stage asks for
    holds for deals that move; new ones come as they are. Gives how many pipelines and stages were made.
    """
    made = stages.find_places(load, listed=listed)
    if load.strict:
        sense.reject_loose(load)
    else:
        sense.use_again(load)
    sense.reject_backward(load)
    make_fate(load, sequence="deals_deal_id_seq", ways=[by_external_id(DEAL)])
    history.note_stages(load)
    linked = [name for name in LINKED if load.has(name)]
    joins = "JOIN deal_places dp ON dp.line = s.line JOIN deals_stage g ON g.id = dp.stage_id " + " ".join(
        f"LEFT JOIN link_{name} l_{name} ON l_{name}.value = s.{name}" for name in linked
    )
    as_given = ("name", "amount", "currency", "created_at", "runs_out_on")
    given = {name: f's."{name}"' for name in as_given if load.has(name)}
    given |= {f"{name}_id": f"l_{name}.id" for name in linked}
    if load.has("expected_close_on") or load.has("closed_at"):
        given["expected_close_on"] = _expected(load)
    named = {"sort_name": "left(s.name_fold, 200)"} if load.has("name") else {}
    update_matched(load, table=DEAL, columns=given | named, exact=_exact(load), joins=joins)
    fresh = {"source": "''", "external_id": "s.external_id"} | given | _names(load)
    fresh |= {"pipeline_id": "dp.pipeline_id", "stage_id": "dp.stage_id", "search_text": "''"}
    fresh["currency"] = f"coalesce({load.value('currency')}, %(currency)s)"
    fresh["created_at"] = sense.came_up(load)
    # Whoever closes a deal and does not say when does it now.
    now = "%(at)s" if load.strict else "NULL"
    fresh["closed_at"] = _closed(f"coalesce({load.value('closed_at')}, {now})", load.value("created_at"))
    if load.has("owner"):
        fresh["team_id"] = "l_owner.team_id"
    insert_created(load, table=DEAL, columns=fresh, joins=joins)
    search_again(load, table=DEAL)
    history.keep_changes(load)
    sense.note_moved(load, sense.FILED)
    sense.reject_unmet(load)
    history.infer(load)
    return made | sense.remarks(load)


def _expected(load: Load) -> str:
    """The day a deal is expected to close; the closing day of a deal that is open can be no other."""
    closing = f"CASE WHEN g.status = 'open' THEN {load.value('closed_at')}::timestamptz::date END"
    return f"coalesce({load.value('expected_close_on')}, {closing})"


def _exact(load: Load) -> dict[str, str]:
    """What follows from the stage and the owner: an open deal is not closed, a deal has its owner's team."""
    found = {}
    if {"stage", "pipeline", "closed_at", "created_at"} & load.fields:
        found = {"pipeline_id": "dp.pipeline_id", "stage_id": "dp.stage_id"}
        kept = "CASE WHEN dp.stage_id = t.stage_id THEN t.closed_at ELSE %(at)s END" if load.strict else "t.closed_at"
        found["closed_at"] = _closed(
            f"coalesce({load.value('closed_at')}::timestamptz, {kept})",
            f"coalesce({load.value('created_at')}::timestamptz, t.created_at)",
        )
    if load.has("owner"):
        changed = "coalesce(l_owner.id, t.owner_id) IS DISTINCT FROM t.owner_id"
        found["team_id"] = f"CASE WHEN {changed} THEN l_owner.team_id ELSE t.team_id END"
    return found


def _closed(closed: str, created: str) -> str:
    """When a deal that is not open was closed; where only the day is known, not before the hour it came up."""
    later = f"CASE WHEN ({closed}) IS NOT NULL THEN greatest(({closed})::timestamptz, ({created})::timestamptz) END"
    return f"CASE WHEN g.status <> 'open' THEN {later} END"


def _names(load: Load) -> dict[str, str]:
    """A deal without a name is called after its product and its customer, else by its id."""
    linked = [field for field in ("product", "company", "person") if load.has(field)]
    made = {
        part: f"nullif(concat_ws(' – ', {', '.join(f'l_{field}.{part}' for field in linked)}), '')"
        if linked
        else "NULL"
        for part in ("value", "fold")
    }
    given = load.value
    return {
        "name": f"left(coalesce({given('name')}, {made['value']}, {given('external_id')}), 300)",
        "sort_name": f"left(coalesce({given('name_fold')}, {made['fold']}, {given('external_id_fold')}), 200)",
    }


def link_interactions(load: Load) -> None:
    """Tie the loaded interactions to the deals their lines name; older ties follow what was moved in time."""
    timeline.follow(load, table="deals_dealinteraction")
    if load.has("deal"):
        timeline.tie(load, table="deals_dealinteraction", column="deal_id", link="link_deal", field="deal")

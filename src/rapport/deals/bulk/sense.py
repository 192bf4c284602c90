"""Lines that make no sense of a deal, or ask for a move its stage does not allow, are rejected."""

from django.db.models.expressions import RawSQL

from rapport.core.bulk import Load, keep_before, reject_new_without
from rapport.deals.models import Deal
from rapport.deals.queries import requirements
from rapport.deals.rules import requirement_words
from rapport.deals.rules.requirements import verdicts


def came_up(load: Load) -> str:
    """SQL of when a new deal came up; where lines are held to more than a file, today unless it ended already."""
    said = f"{load.value('created_at')}::timestamptz"
    today = f"CASE WHEN {load.value('closed_at')} IS NULL THEN %(at)s::timestamptz END"
    return f"coalesce({said}, {today})" if load.strict else said


def reject_loose(load: Load) -> None:
    """What adding and moving deals one by one refuses: no name, no customer, a stage or a deal that was put away.

    The stages stay in use until the end of the transaction.
    """
    customer = f"coalesce({load.value('company')}, {load.value('person')})"
    reject_new_without(load, table="deals_deal", field="name", said=load.value("name"))
    reject_new_without(load, table="deals_deal", field="company", said=customer, code="no_customer")
    load.run(
        """SELECT g.id FROM deals_stage g JOIN deals_pipeline p ON p.id = g.pipeline_id
           WHERE g.id IN (SELECT stage_id FROM deal_places) FOR SHARE"""
    )
    load.run(
        """INSERT INTO rejected
           SELECT s.line, 'stage', 'put_away', CASE WHEN d.archived_at IS NOT NULL THEN d.name
                    WHEN p.retired_at IS NOT NULL THEN p.name ELSE g.name END
           FROM staged s JOIN deal_places dp ON dp.line = s.line JOIN deals_stage g ON g.id = dp.stage_id
           JOIN deals_pipeline p ON p.id = g.pipeline_id LEFT JOIN deals_deal d ON d.external_id = s.external_id
           WHERE dp.stage_id IS DISTINCT FROM dp.stage_now
             AND coalesce(d.archived_at, p.retired_at, g.retired_at) IS NOT NULL ON CONFLICT DO NOTHING"""
    )


def reject_backward(load: Load) -> None:
    """Deals that would end, be expected to end, or run out, on a day before they came up."""
    if not {"created_at", "closed_at", "expected_close_on", "runs_out_on"} & load.fields:
        return
    known = "d.external_id = s.external_id" if load.has("external_id") else "false"
    # In a stage that is open a closing day is the expected one.
    due = f"CASE WHEN g.status = 'open' THEN coalesce({load.value('expected_close_on')}, {_closed(load)}::date) END"
    load.run(
        f"""WITH told AS (
              SELECT s.line, CASE WHEN d.id IS NULL THEN {came_up(load)}
                       ELSE coalesce({load.value("created_at")}::timestamptz, d.created_at) END AS began,
                     CASE WHEN g.status <> 'open' THEN coalesce({_closed(load)}, d.closed_at) END AS ended,
                     {due} AS due, coalesce({load.value("runs_out_on")}, d.runs_out_on) AS runs_out
              FROM staged s JOIN deal_places dp ON dp.line = s.line JOIN deals_stage g ON g.id = dp.stage_id
              LEFT JOIN deals_deal d ON {known})
            INSERT INTO rejected
            SELECT line, 'closed_at', 'ends_before_it_begins', ended::date::text FROM told
            WHERE ended::date < began::date
            UNION ALL SELECT line, 'expected_close_on', 'ends_before_it_begins', due::text FROM told
            WHERE due < began::date
            UNION ALL SELECT line, 'runs_out_on', 'ends_before_it_begins', runs_out::text FROM told
            WHERE runs_out < began::date ON CONFLICT DO NOTHING"""
    )


def _closed(load: Load) -> str:
    return f"{load.value('closed_at')}::timestamptz"


def use_again(load: Load) -> None:
    """A stage or pipeline that was put away and into which a file brings deals is in use again."""
    for table, column in (("deals_stage", "stage_id"), ("deals_pipeline", "pipeline_id")):
        away = f"""SELECT g.id FROM {table} g WHERE g.retired_at IS NOT NULL
                   AND g.id IN (SELECT {column} FROM deal_places)"""
        keep_before(load, table=table, ids=away)
        load.run(f"UPDATE {table} SET retired_at = NULL WHERE id IN ({away})")


FILED = """SELECT b.line, d.id, d.stage_id FROM fate f JOIN deals_deal d ON d.id = f.id
           JOIN stage_before b ON b.line = f.line WHERE f.status = 'updated' AND b.stage_id <> d.stage_id"""


def note_moved(load: Load, moved: str) -> None:
    """Note in `moved_deals` which deals the file moves, by its line, into a stage that strictly asks for something."""
    load.run(
        f"""CREATE TEMP TABLE moved_deals ON COMMIT DROP AS SELECT m.* FROM ({moved}) m WHERE EXISTS (
              SELECT FROM deals_stagerequirement r WHERE r.stage_id = m.stage_id AND r.is_hard)"""
    )


def reject_unmet(load: Load, *, field: str = "stage") -> None:
    """Known deals that the file moves into a stage without what it strictly asks for; new ones come as they are.

    Call it when the deals are written and `note_moved` has said which of them stood elsewhere before.
    """
    load.run("SELECT id, line FROM moved_deals")
    if lines := dict(load.cursor.fetchall()):
        lacking = _lacking(lines)
        load.run(
            """INSERT INTO rejected SELECT line, %(field)s, 'stage_needs', left(lacking, 120)
               FROM unnest(%(lines)s::bigint[], %(lacking)s::text[]) told(line, lacking) ON CONFLICT DO NOTHING""",
            field=field,
            lines=list(lacking),
            lacking=list(lacking.values()),
        )
    load.run("DROP TABLE moved_deals")


def _lacking(lines: dict[int, int]) -> dict[int, str]:
    """By line what the deal in `moved_deals` lacks for its stage, in words; `lines` tells the line of each deal.

    As many queries for many deals as for one.
    """
    ids = RawSQL("SELECT id FROM moved_deals", [])
    asked = {
        stage_id: [each for each in needed if each.is_hard]
        for stage_id, needed in requirements.needed_by_each(RawSQL("SELECT stage_id FROM moved_deals", [])).items()
    }
    deals = list(Deal.objects.filter(pk__in=ids).select_related("stage"))
    facts = requirements.facts_of(deals, ids=ids, kinds={each.kind for needed in asked.values() for each in needed})
    found = {}
    for deal in deals:
        unmet = [each.needed for each in verdicts(asked[deal.stage_id], facts[deal.pk]) if not each.is_met]
        if unmet:
            found[lines[deal.pk]] = f"{deal.stage.name}: {'; '.join(map(requirement_words.words, unmet))}"
    return found


def remarks(load: Load) -> dict[str, int]:
    """What is worth telling of the deals that were taken: those of nobody, and amounts that named no currency."""
    load.run(
        f"""SELECT count(*) FILTER (WHERE d.company_id IS NULL AND d.person_id IS NULL),
                   count(*) FILTER (WHERE {load.value("amount")} IS NOT NULL AND {load.value("currency")} IS NULL)
            FROM staged s JOIN fate f ON f.line = s.line JOIN deals_deal d ON d.id = f.id
            WHERE f.status <> 'unchanged'"""
    )
    without_customer, without_currency = load.cursor.fetchone()
    return {"deals_without_customer": without_customer, "amounts_without_currency": without_currency}

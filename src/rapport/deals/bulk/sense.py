"""Lines that make no sense of a deal, or ask for a move its stage does not allow, are rejected."""

from rapport.core.bulk import Load, keep_before
from rapport.deals.models import Deal
from rapport.deals.queries import requirements
from rapport.deals.rules import requirement_words
from rapport.deals.rules.requirements import Needed, verdicts

AT_ONCE = 1_000


def reject_backward(load: Load) -> None:
    """Deals that would end, or be expected to end, on a day before they came up."""
    if not {"created_at", "closed_at", "expected_close_on"} & load.fields:
        return
    known = "d.external_id = s.external_id" if load.has("external_id") else "false"
    # In a stage that is open a closing day is the expected one.
    due = f"CASE WHEN g.status = 'open' THEN coalesce({load.value('expected_close_on')}, {_closed(load)}::date) END"
    load.run(
        f"""WITH told AS (
              SELECT s.line, coalesce({load.value("created_at")}::timestamptz, d.created_at) AS began,
                     CASE WHEN g.status <> 'open' THEN coalesce({_closed(load)}, d.closed_at) END AS ended,
                     {due} AS due
              FROM staged s JOIN deal_places dp ON dp.line = s.line JOIN deals_stage g ON g.id = dp.stage_id
              LEFT JOIN deals_deal d ON {known})
            INSERT INTO rejected
            SELECT line, 'closed_at', 'ends_before_it_begins', ended::date::text FROM told
            WHERE ended::date < began::date
            UNION ALL SELECT line, 'expected_close_on', 'ends_before_it_begins', due::text FROM told
            WHERE due < began::date ON CONFLICT DO NOTHING"""
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


def reject_unmet(load: Load) -> None:
    """Known deals that the file moves into a stage without what it strictly asks for; new ones come as they are.

    Call it when the deals are written and `stage_before` still says where they stood.
    """
    load.run(
        """SELECT b.line, d.id FROM fate f JOIN deals_deal d ON d.id = f.id JOIN stage_before b ON b.line = f.line
           WHERE f.status = 'updated' AND b.stage_id <> d.stage_id AND EXISTS (
             SELECT FROM deals_stagerequirement r WHERE r.stage_id = d.stage_id AND r.is_hard) ORDER BY b.line"""
    )
    moved = load.cursor.fetchall()
    asked: dict[int, list[Needed]] = {}
    for start in range(0, len(moved), AT_ONCE):
        some = moved[start : start + AT_ONCE]
        deals = Deal.objects.select_related("stage").in_bulk([deal_id for _line, deal_id in some])
        for line, deal_id in some:
            if lacking := _lacking(deals[deal_id], asked):
                load.run(
                    """INSERT INTO rejected VALUES (%(line)s, 'stage', 'stage_needs', left(%(lacking)s, 120))
                       ON CONFLICT DO NOTHING""",
                    line=line,
                    lacking=lacking,
                )


def _lacking(deal: Deal, asked: dict[int, list[Needed]]) -> str:
    """What a deal that is to stand in its stage lacks, in words; `asked` remembers what stages ask for."""
    if deal.stage_id not in asked:
        asked[deal.stage_id] = [each for each in requirements.needed_by(deal.stage) if each.is_hard]
    needed = asked[deal.stage_id]
    facts = requirements.facts_for_rules(deal, kinds={each.kind for each in needed})
    unmet = [requirement_words.words(each.needed) for each in verdicts(needed, facts) if not each.is_met]
    return f"{deal.stage.name}: {'; '.join(unmet)}" if unmet else ""


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

"""How pipelines, deals, their ways through the stages and their changes become facts of the lake."""

from rapport.lake.sources import Source, Watch
from rapport.lake.tables import (
    DEAL_CHANGES,
    DEAL_CONTACTS,
    DEAL_PEOPLE,
    DEALS,
    PIPELINES,
    PROBABILITY_CHANGES,
    STAGE_CHANGES,
    STAGES,
)

pipelines = Source(
    table=PIPELINES,
    key="p.id",
    rows="deals_pipeline p",
    columns={"id": "p.id", "name": "p.name", "kind": "p.kind", "position": "p.position"},
    watches=(Watch(rows="deals_pipeline p", row="p", key="p.id"),),
)
stages = Source(
    table=STAGES,
    key="s.id",
    rows="deals_stage s",
    columns={
        "id": "s.id",
        "pipeline_id": "s.pipeline_id",
        "name": "s.name",
        "position": "s.position",
        "status": "s.status",
        "probability": "s.probability",
        "expected_days": "s.expected_days",
        "retired": "s.retired_at IS NOT NULL",
    },
    watches=(Watch(rows="deals_stage s", row="s", key="s.id"),),
)


probability_changes = Source(
    table=PROBABILITY_CHANGES,
    key="c.id",
    rows="deals_probabilitychange c",
    columns={
        "id": "c.id",
        "stage_id": "c.stage_id",
        "before": "c.before",
        "after": "c.after",
        "at": "c.at",
        "happened_on": "c.at::date",
    },
    watches=(Watch(rows="deals_probabilitychange c", row="c", key="c.id"),),
)


def _of_deals_put_away(table: str, alias: str) -> Watch:
    """The rows of a table, which names its deal, whose deal was put away or fetched back."""
    return Watch(
        rows=f"deals_deal d JOIN {table} {alias} ON {alias}.deal_id = d.id WHERE d.archived_at IS NOT NULL",
        row="d",
        key=f"{alias}.id",
        leaves_out=f"(SELECT d.archived_at FROM deals_deal d WHERE d.id = {alias}.deal_id) IS NULL",  # noqa: S608 # our own names
    )


deals = Source(
    table=DEALS,
    key="d.id",
    rows="deals_deal d JOIN deals_stage s ON s.id = d.stage_id",
    where="d.archived_at IS NULL",
    columns={
        "id": "d.id",
        "company_id": "d.company_id",
        "person_id": "d.person_id",
        "pipeline_id": "d.pipeline_id",
        "stage_id": "d.stage_id",
        "status": "s.status",
        "source": "d.source",
        "product_id": "d.product_id",
        "amount": "d.amount::float8",
        "currency": "d.currency",
        "created_at": "d.created_at",
        "created_on": "d.created_at::date",
        "expected_close_on": "d.expected_close_on",
        "closed_at": "d.closed_at",
        "closed_on": "d.closed_at::date",
        "runs_out_on": "d.runs_out_on",
        "owner_id": "d.owner_id",
        "team_id": "d.team_id",
    },
    watches=(
        Watch(rows="deals_deal d", row="d", key="d.id"),
        # What a stage counts as is a setting, and may be changed.
        Watch(rows="deals_deal d JOIN deals_stage s ON s.id = d.stage_id", row="s", key="d.id"),
    ),
)
stage_changes = Source(
    table=STAGE_CHANGES,
    key="c.id",
    rows="deals_stagechange c LEFT JOIN deals_lossreason r ON r.code = c.reason_code",
    columns={
        "id": "c.id",
        "deal_id": "c.deal_id",
        "from_stage_id": "c.from_stage_id",
        "to_stage_id": "c.to_stage_id",
        "at": "c.at",
        "happened_on": "c.at::date",
        "reason": "coalesce(r.name, c.reason)",
        "inferred": "c.inferred",
    },
    watches=(
        Watch(rows="deals_stagechange c", row="c", key="c.id"),
        # A reason may be reworded.
        Watch(
            rows="deals_stagechange c JOIN deals_lossreason r ON r.code = c.reason_code",
            row="r",
            key="c.id",
        ),
        _of_deals_put_away("deals_stagechange", "c"),
    ),
)
deal_changes = Source(
    table=DEAL_CHANGES,
    key="c.id",
    rows="deals_dealchange c",
    columns={
        "id": "c.id",
        "deal_id": "c.deal_id",
        "field": "c.field",
        "before": "c.before",
        "after": "c.after",
        "at": "c.at",
        "happened_on": "c.at::date",
        "by_id": "c.by_id",
    },
    watches=(
        Watch(rows="deals_dealchange c", row="c", key="c.id"),
        _of_deals_put_away("deals_dealchange", "c"),
    ),
)
deal_contacts = Source(
    table=DEAL_CONTACTS,
    key="c.id",
    rows="deals_dealinteraction c JOIN timeline_interaction i ON i.id = c.interaction_id",
    # A note of our own is no contact.
    where="i.kind <> 'note' AND i.archived_at IS NULL",
    columns={
        "id": "c.id",
        "deal_id": "c.deal_id",
        "interaction_id": "c.interaction_id",
        "kind": "i.kind",
        "happened_on": "c.at::date",
        "minutes": "i.minutes",
    },
    watches=(
        Watch(rows="deals_dealinteraction c", row="c", key="c.id"),
        Watch(
            rows="deals_dealinteraction c JOIN timeline_interaction i ON i.id = c.interaction_id", row="i", key="c.id"
        ),
        _of_deals_put_away("deals_dealinteraction", "c"),
    ),
)
deal_people = Source(
    table=DEAL_PEOPLE,
    key="p.id",
    rows="deals_participant p",
    columns={
        "id": "p.id",
        "deal_id": "p.deal_id",
        "person_id": "p.person_id",
        "in_contact": "p.coverage IN ('brief', 'several', 'in_depth')",
        "decides": "'decision_maker' = ANY (p.roles)",
        "since_on": "p.since::date",
        "until_on": "p.until::date",
    },
    watches=(
        Watch(rows="deals_participant p", row="p", key="p.id"),
        _of_deals_put_away("deals_participant", "p"),
    ),
)

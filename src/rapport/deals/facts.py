"""How deals and their ways through the stages become facts of the lake."""

from rapport.lake.sources import Source, Watch
from rapport.lake.tables import DEALS, STAGE_CHANGES

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
        "product_id": "d.product_id",
        "amount": "d.amount::float8",
        "currency": "d.currency",
        "created_at": "d.created_at",
        "expected_close_on": "d.expected_close_on",
        "closed_at": "d.closed_at",
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
    rows="deals_stagechange c",
    columns={
        "id": "c.id",
        "deal_id": "c.deal_id",
        "from_stage_id": "c.from_stage_id",
        "to_stage_id": "c.to_stage_id",
        "at": "c.at",
        "reason": "c.reason",
        "inferred": "c.inferred",
    },
    watches=(
        Watch(rows="deals_stagechange c", row="c", key="c.id"),
        Watch(
            rows="deals_deal d JOIN deals_stagechange c ON c.deal_id = d.id WHERE d.archived_at IS NOT NULL",
            row="d",
            key="c.id",
            leaves_out="(SELECT d.archived_at FROM deals_deal d WHERE d.id = c.deal_id) IS NULL",
        ),
    ),
)

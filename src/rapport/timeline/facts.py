"""How interactions become facts of the lake."""

from rapport.lake.sources import Source, Watch
from rapport.lake.tables import INTERACTIONS

interactions = Source(
    table=INTERACTIONS,
    key="i.id",
    rows="timeline_interaction i LEFT JOIN timeline_interactionperson p ON p.interaction_id = i.id",
    where="i.archived_at IS NULL",
    columns={
        "id": "i.id",
        "person_id": "p.person_id",
        "company_id": "i.company_id",
        "user_id": "i.user_id",
        "kind": "i.kind",
        "channel": "i.channel",
        "direction": "i.direction",
        "at": "i.at",
        "happened_on": "i.at::date",
        "minutes": "i.minutes",
    },
    watches=(
        Watch(rows="timeline_interaction i", row="i", key="i.id"),
        Watch(rows="timeline_interactionperson p", row="p", key="p.interaction_id"),
    ),
)

"""How people and companies become facts of the lake."""

from rapport.lake.sources import Source, Watch
from rapport.lake.tables import COMPANIES, PEOPLE

people = Source(
    table=PEOPLE,
    key="p.id",
    rows="people_person p",
    columns={
        "id": "p.id",
        "source": "p.source",
        "province": "p.province",
        "country": "p.country",
        "birthday": "p.birthday",
        "recorded_at": "p.recorded_at",
        "archived": "p.archived_at IS NOT NULL",
        "owner_id": "p.owner_id",
        "team_id": "p.team_id",
    },
    watches=(Watch(rows="people_person p", row="p", key="p.id"),),
)
companies = Source(
    table=COMPANIES,
    key="c.id",
    rows="people_company c",
    columns={
        "id": "c.id",
        "industry": "c.industry",
        "province": "c.province",
        "country": "c.country",
        "employees": "c.employees",
        "recorded_at": "c.recorded_at",
        "archived": "c.archived_at IS NOT NULL",
        "owner_id": "c.owner_id",
        "team_id": "c.team_id",
    },
    watches=(Watch(rows="people_company c", row="c", key="c.id"),),
)

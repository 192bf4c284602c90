"""Companies, and who belongs to whom, written in sets."""

from rapport.core.bulk import (
    Load,
    Way,
    by_external_id,
    by_unique,
    insert_created,
    make_fate,
    search_again,
    update_matched,
)
from rapport.people.bulk.linking import COMPANY, TEAM_OF_OWNER, UNMERGED, find_companies

FIELDS = (
    "external_id", "name", "tax_id", "domain", "industry", "employees", "revenue", "province", "country", "tags",
)  # fmt: skip
TEXTS = ("source", "tax_id", "domain", "industry", "province", "country")
# As `people.rules.naming.company_search_text`.
SAID = {
    COMPANY: "concat_ws(' ', t.name, t.tax_id, replace(t.tax_id, '-', ''), t.domain, t.external_id)",
}


def load_companies(load: Load) -> None:
    """Write the staged companies: match by external id, tax id, name; then insert, update, and tie parents."""
    make_fate(load, sequence="people_company_id_seq", ways=_ways(load))
    owner = "LEFT JOIN link_owner lo ON lo.value = s.owner" if load.has("owner") else ""
    given = {name: f's."{name}"' for name in FIELDS if load.has(name)}
    exact = {}
    if load.has("owner"):
        given["owner_id"] = "lo.id"
        exact["team_id"] = TEAM_OF_OWNER
    named = {"sort_name": "left(s.name_fold, 200)"} if load.has("name") else {}
    update_matched(load, table=COMPANY, columns=given | named, exact=exact, joins=owner)
    fresh = dict.fromkeys(TEXTS, "''")
    fresh |= {name: f"coalesce({sql}, '')" if name in TEXTS else sql for name, sql in given.items()}
    fresh["name"] = f"coalesce({load.value('name')}, {load.value('external_id')})"
    fresh["tags"] = f"coalesce({load.value('tags')}, '{{}}'::text[])"
    fresh["sort_name"] = f"left(coalesce({load.value('name_fold')}, {load.value('external_id_fold')}), 200)"
    fresh["search_text"] = f"coalesce({load.value('name_words')}, '')"
    if load.has("owner"):
        fresh["team_id"] = "lo.team_id"
    insert_created(load, table=COMPANY, columns=fresh, joins=owner)
    search_again(load, table=COMPANY)
    if load.has("parent"):
        _tie_parents(load)


def _ways(load: Load) -> list[Way]:
    """External id, tax id, name: the first that finds exactly one company, never one of another external id."""
    ways = [by_external_id(COMPANY)] if load.has("external_id") else []
    if load.duplicates == "create":
        return ways
    other = UNMERGED
    if load.has("external_id"):
        other += " AND (t.external_id IS NULL OR s.external_id IS NULL)"
    if load.has("tax_id"):
        on = f"t.tax_id = s.tax_id AND t.tax_id <> '' {other}"
        alone = load.lacks("external_id")
        ways.append(Way(by_unique(table=COMPANY, on=on, bare="t.external_id IS NULL", alone=alone), "tax_id"))
    if load.has("name"):
        same = "AND (t.tax_id = '' OR s.tax_id IS NULL OR t.tax_id = s.tax_id)" if load.has("tax_id") else ""
        on = f"t.sort_name = left(s.name_fold, 200) {other} {same}"
        bare, alone = "t.external_id IS NULL AND t.tax_id = ''", load.lacks("external_id", "tax_id")
        ways.append(Way(by_unique(table=COMPANY, on=on, bare=bare, alone=alone), "name"))
    if load.has("external_id"):
        # Another file named the company by nothing but this id, and so it became its name.
        on = f"t.name = s.external_id AND t.external_id IS NULL {UNMERGED}"
        ways.append(Way(by_unique(table=COMPANY, on=on, bare="true", alone="false")))
    return ways


def _tie_parents(load: Load) -> None:
    """Find the parents now that this file's own companies exist, tie them, and reject what would make a ring."""
    matched = "" if load.duplicates != "skip" else "AND f.status = 'created'"
    find_companies(load, link="link_parent")
    load.run(
        f"""INSERT INTO rejected SELECT s.line, 'parent', coalesce(l.problem, 'unknown'), l.value
            FROM staged s JOIN link_parent l ON l.value = s.parent WHERE l.id IS NULL ON CONFLICT DO NOTHING;
            CREATE TEMP TABLE ties ON COMMIT DROP AS
            SELECT f.line, f.id AS child, l.id AS parent FROM staged s
            JOIN fate f ON f.line = s.line {matched} JOIN link_parent l ON l.value = s.parent;
            INSERT INTO rejected
            WITH RECURSIVE links AS (
                SELECT from_company_id AS parent, to_company_id AS child FROM people_companylink
                WHERE kind = 'parent_of' AND until IS NULL AND to_company_id NOT IN (SELECT child FROM ties)
                UNION SELECT parent, child FROM ties),
            above(child, ancestor) AS (
                SELECT child, parent FROM ties UNION
                SELECT a.child, l.parent FROM above a JOIN links l ON l.child = a.ancestor)
            SELECT t.line, 'parent', 'ring', s.parent FROM ties t JOIN staged s ON s.line = t.line
            WHERE EXISTS (SELECT FROM above a WHERE a.child = t.child AND a.ancestor = t.child)
            ON CONFLICT DO NOTHING"""
    )
    _write_ties(load)


def _write_ties(load: Load) -> None:
    """A company has one parent at a time, so a new one takes the place of the old."""
    load.run(
        """DELETE FROM ties WHERE line IN (SELECT line FROM rejected)
              OR EXISTS (SELECT FROM people_companylink k WHERE k.kind = 'parent_of' AND k.until IS NULL
                         AND k.from_company_id = ties.parent AND k.to_company_id = ties.child);
           INSERT INTO before_images SELECT 'people_companylink', k.id, to_jsonb(k), true FROM people_companylink k
           JOIN ties t ON t.child = k.to_company_id
           WHERE k.kind = 'parent_of' AND (k.until IS NULL OR k.from_company_id = t.parent);
           DELETE FROM people_companylink k USING ties t
           WHERE t.child = k.to_company_id AND k.kind = 'parent_of'
             AND (k.until IS NULL OR k.from_company_id = t.parent);
           INSERT INTO people_companylink (from_company_id, to_company_id, kind, batch)
           SELECT parent, child, 'parent_of', %(batch)s FROM ties;
           UPDATE fate f SET status = 'updated' FROM ties t WHERE t.line = f.line AND f.status = 'unchanged';
           DROP TABLE ties"""
    )

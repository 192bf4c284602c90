"""People written in sets."""

from rapport.core.bulk import (
    Load,
    Way,
    by_external_id,
    by_unique,
    insert_created,
    keep_before,
    make_fate,
    update_matched,
)
from rapport.people.bulk.linking import PERSON, TEAM_OF_OWNER, UNMERGED
from rapport.people.suppression import EMAIL, PHONE, is_suppressed, salt

FIELDS = (
    "external_id", "full_name", "email", "phone", "province", "country", "language", "birthday", "tags", "source",
)  # fmt: skip
TEXTS = ("source", "full_name", "email", "phone", "title", "language", "province", "country")


def load_people(load: Load) -> None:
    """Write the staged people: match by external id, e-mail, phone; then insert, update, and give posts."""
    _reject_the_erased(load)
    make_fate(load, sequence="people_person_id_seq", ways=_ways(load))
    owner = "LEFT JOIN link_owner lo ON lo.value = s.owner" if load.has("owner") else ""
    given = {name: f's."{name}"' for name in FIELDS if load.has(name)}
    if load.has("title"):
        given["title"] = "CASE WHEN s.company IS NULL THEN s.title END" if load.has("company") else "s.title"
    if load.has("owner"):
        given["owner_id"] = "lo.id"
    _update(load, given, owner)
    fresh = dict.fromkeys(TEXTS, "''")
    fresh |= {name: f"coalesce({sql}, '')" if name in TEXTS else sql for name, sql in given.items()}
    fresh["tags"] = f"coalesce({load.value('tags')}, '{{}}'::text[])"
    fresh["sort_name"] = "left(coalesce(" + ", ".join(_sort_parts(load)) + "), 200)"
    fresh["search_text"] = f"coalesce({load.value('full_name_words')}, '')"
    if load.has("owner"):
        fresh["team_id"] = "lo.team_id"
    insert_created(load, table=PERSON, columns=fresh, joins=owner)
    if load.has("company"):
        _give_posts(load)


def _reject_the_erased(load: Load) -> None:
    """Whoever was erased on request does not come back with a file; the log of rejected rows holds no address."""
    if not load.finds("SELECT FROM people_suppression"):
        return
    for kind in (EMAIL, PHONE):
        if load.has(kind):
            load.run(
                f"""INSERT INTO rejected SELECT s.line, '{kind}', 'erased', '' FROM staged s
                    WHERE s.{kind} IS NOT NULL AND {is_suppressed(kind, f"s.{kind}")} ON CONFLICT DO NOTHING""",
                salt=salt(),
            )


def _update(load: Load, given: dict[str, str], owner: str) -> None:
    """Update the matched; a further address of a person does not become the main one by being named."""
    changed = dict(given)
    for kind in ("email", "phone"):
        if load.has(kind) and load.finds(f"SELECT FROM people_contactpoint WHERE kind = '{kind}'"):
            changed[kind] = (
                f"CASE WHEN NOT EXISTS (SELECT FROM people_contactpoint p WHERE p.person_id = t.id"
                f" AND p.kind = '{kind}' AND p.value = s.{kind}) THEN s.{kind} END"
            )
    exact = {}
    if load.has("full_name"):
        # Whoever keeps their name keeps what else they are found by: texts in fields of the company's own.
        words = "CASE WHEN s.full_name IS DISTINCT FROM t.full_name THEN s.full_name_words END"
        changed |= {"sort_name": "left(s.full_name_fold, 200)", "search_text": words}
    elif load.has("external_id"):
        # Whoever has no name is sorted by the id.
        changed["sort_name"] = "CASE WHEN t.full_name = '' THEN left(s.external_id_fold, 200) END"
    if load.has("owner"):
        exact["team_id"] = TEAM_OF_OWNER
    update_matched(load, table=PERSON, columns=changed, exact=exact, joins=owner)


def _sort_parts(load: Load) -> list[str]:
    names = {
        "full_name": "full_name_fold",
        "external_id": "external_id_fold",
        "email": "email",
        "phone": "phone",
    }
    return [f's."{column}"' for name, column in names.items() if load.has(name)] + ["''"]


def _ways(load: Load) -> list[Way]:
    """External id, e-mail, phone: the first that finds exactly one person, never one of another external id."""
    ways = [by_external_id(PERSON)] if load.has("external_id") else []
    if load.duplicates == "create":
        return ways
    other = UNMERGED
    if load.has("external_id"):
        other += " AND (t.external_id IS NULL OR s.external_id IS NULL)"
    further = load.finds("SELECT FROM people_contactpoint")
    if load.has("email"):
        ways.append(_by_email(load, "t.email = s.email AND t.email <> ''", other=other))
        if further:
            ways.append(_by_email(load, _among_further("email"), other=other))
    if load.has("phone"):
        same = "AND (t.email = '' OR s.email IS NULL OR t.email = s.email)" if load.has("email") else ""
        ways.append(_by_phone(load, "t.phone = s.phone AND t.phone <> ''", other=f"{other} {same}"))
        if further:
            ways.append(_by_phone(load, _among_further("phone"), other=f"{other} {same}"))
    return ways + _by_name_alone(load)


def _by_email(load: Load, on: str, *, other: str) -> Way:
    alone = load.lacks("external_id")
    return Way(by_unique(table=PERSON, on=f"{on} {other}", bare="t.external_id IS NULL", alone=alone), field="email")


def _by_phone(load: Load, on: str, *, other: str) -> Way:
    alone = load.lacks("external_id", "email")
    bare = "t.external_id IS NULL AND t.email = ''"
    return Way(by_unique(table=PERSON, on=f"{on} {other}", bare=bare, alone=alone), field="phone")


def _among_further(kind: str) -> str:
    return f"t.id IN (SELECT person_id FROM people_contactpoint c WHERE c.kind = '{kind}' AND c.value = s.{kind})"


def _by_name_alone(load: Load) -> list[Way]:
    """People known by nothing but a name: the n-th in the file is the n-th in the records."""
    if not load.has("full_name"):
        return []
    blank = load.lacks("external_id", "email", "phone")
    return [
        Way(
            f"""SELECT s.line, p.id FROM
                (SELECT s.line, left(s.full_name_fold, 200) AS name,
                        row_number() OVER (PARTITION BY left(s.full_name_fold, 200) ORDER BY line) AS n
                 FROM staged s WHERE s.full_name IS NOT NULL AND {blank}) s
                JOIN (SELECT id, sort_name AS name, row_number() OVER (PARTITION BY sort_name ORDER BY id) AS n
                      FROM {PERSON} WHERE external_id IS NULL AND email = '' AND phone = '' AND merged_into_id IS NULL
                      AND sort_name IN (SELECT left(full_name_fold, 200) FROM staged s WHERE {blank})) p
                ON p.name = s.name AND p.n = s.n"""
        )
    ]


def _give_posts(load: Load) -> None:
    """A present post at the named company for each line that names one, with the title if it gives one.

    The one present post that a person has there takes the new title; so a mended title is no second post.
    """
    matched = "" if load.duplicates != "skip" else "AND f.status = 'created'"
    load.run(
        f"""CREATE TEMP TABLE posts ON COMMIT DROP AS
            SELECT f.line, f.id AS person_id, l.id AS company_id, {load.value("title")}::text AS title,
                   count(a.id) AS number, min(a.id) AS present,
                   coalesce(bool_or(a.title = {load.value("title")}::text), false) AS known
            FROM staged s JOIN fate f ON f.line = s.line {matched} JOIN link_company l ON l.value = s.company
            LEFT JOIN people_affiliation a ON a.person_id = f.id AND a.company_id = l.id AND a.until IS NULL
              AND f.status <> 'created'
            GROUP BY 1, 2, 3, 4;
            DELETE FROM posts WHERE known OR number > 0 AND title IS NULL"""
    )
    keep_before(load, table="people_affiliation", ids="SELECT present FROM posts WHERE number = 1")
    load.run(
        """UPDATE people_affiliation a SET title = p.title FROM posts p WHERE p.number = 1 AND a.id = p.present;
           INSERT INTO people_affiliation (person_id, company_id, title, department, batch)
           SELECT person_id, company_id, coalesce(title, ''), '', %(batch)s FROM posts WHERE number <> 1
           ON CONFLICT DO NOTHING;
           UPDATE fate f SET status = 'updated' FROM posts p WHERE p.line = f.line AND f.status = 'unchanged';
           DROP TABLE posts"""
    )

"""People and companies written in sets: the bulk twins of `people.actions`, for imports."""

from rapport.core.bulk import Load, best_of, find_by, insert_created, make_fate, update_matched

PERSON = "people_person"
COMPANY = "people_company"
# A name has letters and no digit; anything else that is no e-mail address is an id.
LOOKS_LIKE_A_NAME = "(l.value ~ '[[:alpha:]]' AND l.value !~ '[0-9@]')"


def find_people(load: Load, *, link: str) -> int:
    """Find people by external id, e-mail, or name where that is unique; make the unknown. Gives how many."""
    find_by(load, link=link, table=PERSON, on="t.external_id = l.value")
    find_by(load, link=link, table=PERSON, on="t.email = lower(l.value)", among="l.value LIKE '%%@%%'")
    find_by(load, link=link, table=PERSON, on="t.sort_name = l.fold", among="t.full_name <> ''")
    if not load.add_unknown:
        return 0
    load.run(
        f"""UPDATE {link} SET id = nextval('people_person_id_seq'), problem = 'new'
            WHERE id IS NULL AND problem IS NULL"""
    )
    return load.run(
        f"""INSERT INTO {PERSON} (id, batch, external_id, source, full_name, sort_name, search_text, email, phone,
                                  title, language, province, country)
            SELECT l.id, %(batch)s,
                   CASE WHEN l.value NOT LIKE '%%@%%' AND NOT {LOOKS_LIKE_A_NAME} THEN left(l.value, 200) END, '',
                   CASE WHEN {LOOKS_LIKE_A_NAME} THEN left(l.value, 200) ELSE '' END, left(l.fold, 200),
                   CASE WHEN {LOOKS_LIKE_A_NAME} THEN l.words ELSE '' END,
                   CASE WHEN l.value LIKE '%%@%%' THEN lower(left(l.value, 254)) ELSE '' END, '', '', '', '', ''
            FROM {link} l WHERE l.problem = 'new'"""
    )


def find_companies(load: Load, *, link: str) -> int:
    """Find companies by external id, tax id, or name where that is unique; make the unknown. Gives how many."""
    find_by(load, link=link, table=COMPANY, on="t.external_id = l.value")
    find_by(load, link=link, table=COMPANY, on="t.tax_id = l.value", among="t.tax_id <> ''")
    find_by(load, link=link, table=COMPANY, on="t.sort_name = l.fold")
    if not load.add_unknown:
        return 0
    # Two writings of one name (in other case, with other accents) are one company.
    added = load.run(
        f"""INSERT INTO {COMPANY} (batch, source, name, sort_name, search_text, tax_id, domain, industry,
                                   province, country)
            SELECT DISTINCT ON (l.fold) %(batch)s, '', left(l.value, 200), left(l.fold, 200), l.words, '', '', '',
                   '', ''
            FROM {link} l WHERE l.id IS NULL AND l.problem IS NULL ORDER BY l.fold, l.value"""
    )
    find_by(load, link=link, table=COMPANY, on="t.sort_name = left(l.fold, 200)")
    return added


def load_people(load: Load) -> None:
    """Write the staged people: match by external id, e-mail, phone; then insert, update, and give posts."""
    make_fate(load, sequence="people_person_id_seq", match=_people_match(load))
    owner = "LEFT JOIN link_owner lo ON lo.value = s.owner" if load.has("owner") else ""
    titled = "CASE WHEN s.company IS NULL THEN s.title END" if load.has("company") else load.value("title")
    given = {
        name: f's."{name}"'
        for name in ("external_id", "full_name", "email", "phone", "province", "country", "language", "birthday",
                     "tags", "source")
        if load.has(name)
    }  # fmt: skip
    if load.has("title"):
        given["title"] = titled
    if load.has("owner"):
        given |= {"owner_id": "lo.id", "team_id": "lo.team_id"}
    named = {"sort_name": "left(s.full_name_fold, 200)", "search_text": "s.full_name_words"}
    update_matched(load, table=PERSON, columns=given | (named if load.has("full_name") else {}), joins=owner)
    texts = {name: "''" for name in ("source", "full_name", "email", "phone", "title", "language", "province",
                                     "country")}  # fmt: skip
    fresh = texts | {name: f"coalesce({sql}, '')" if name in texts else sql for name, sql in given.items()}
    fresh["tags"] = f"coalesce({load.value('tags')}, '{{}}'::text[])"
    fresh["sort_name"] = "left(coalesce(" + ", ".join(_sort_parts(load)) + "), 200)"
    fresh["search_text"] = f"coalesce({load.value('full_name_words')}, '')"
    insert_created(load, table=PERSON, columns=fresh, joins=owner)
    if load.has("company"):
        _give_posts(load)


def _sort_parts(load: Load) -> list[str]:
    names = {
        "full_name": "full_name_fold",
        "external_id": "external_id_fold",
        "email": "email",
        "phone": "phone",
    }
    return [f's."{column}"' for name, column in names.items() if load.has(name)] + ["''"]


def _people_match(load: Load) -> str:
    """(line, id) by the first of external id, e-mail, phone that finds exactly one person not of another id."""
    ways = []
    other = "AND (p.external_id IS NULL OR s.external_id IS NULL)" if load.has("external_id") else ""
    if load.has("external_id"):
        ways.append(
            f"SELECT s.line, p.id FROM staged s JOIN {PERSON} p ON p.external_id = s.external_id"
        )
    if load.duplicates != "create":
        if load.has("email"):
            ways.append(
                f"SELECT s.line, min(p.id) FROM staged s JOIN {PERSON} p ON p.email = s.email AND p.email <> ''"
                f" {other} GROUP BY s.line HAVING count(*) = 1"
            )
        if load.has("phone"):
            same = "AND (p.email = '' OR s.email IS NULL OR p.email = s.email)" if load.has("email") else ""
            ways.append(
                f"SELECT s.line, min(p.id) FROM staged s JOIN {PERSON} p ON p.phone = s.phone AND p.phone <> ''"
                f" {other} {same} GROUP BY s.line HAVING count(*) = 1"
            )
        ways += _name_only_match(load)
    return best_of(ways)


def _name_only_match(load: Load) -> list[str]:
    """People known by nothing but a name: the n-th in the file is the n-th in the records."""
    if not load.has("full_name"):
        return []
    blank = (
        " AND ".join(f"s.{name} IS NULL" for name in ("external_id", "email", "phone") if load.has(name))
        or "true"
    )
    return [
        f"""SELECT s.line, p.id FROM
            (SELECT s.line, s.full_name_fold AS name, row_number() OVER (PARTITION BY s.full_name_fold ORDER BY line) AS n
             FROM staged s WHERE s.full_name IS NOT NULL AND {blank}) s
            JOIN (SELECT id, sort_name AS name, row_number() OVER (PARTITION BY sort_name ORDER BY id) AS n
                  FROM {PERSON} WHERE external_id IS NULL AND email = '' AND phone = ''
                  AND sort_name IN (SELECT full_name_fold FROM staged s WHERE {blank})) p
            ON p.name = s.name AND p.n = s.n"""
    ]


def _give_posts(load: Load) -> None:
    """A present post at the named company, with the title, for each line that names one."""
    load.run(
        f"""CREATE TEMP TABLE posts ON COMMIT DROP AS
            SELECT f.line, f.id AS person_id, l.id AS company_id, {load.value("title")}::text AS title
            FROM staged s JOIN fate f ON f.line = s.line JOIN link_company l ON l.value = s.company;
            CREATE TEMP TABLE new_posts ON COMMIT DROP AS
            SELECT DISTINCT ON (person_id, company_id) p.* FROM posts p WHERE NOT EXISTS (
              SELECT FROM people_affiliation a WHERE a.person_id = p.person_id AND a.company_id = p.company_id
              AND a.until IS NULL AND (p.title IS NULL OR a.title = p.title));
            INSERT INTO people_affiliation (person_id, company_id, title, department, batch)
            SELECT person_id, company_id, coalesce(title, ''), '', %(batch)s FROM new_posts ON CONFLICT DO NOTHING;
            UPDATE fate f SET status = 'updated' FROM new_posts p WHERE p.line = f.line AND f.status = 'unchanged';
            DROP TABLE posts; DROP TABLE new_posts"""
    )


def load_companies(load: Load) -> None:
    """Write the staged companies: match by external id, tax id, name; then insert, update, and tie parents."""
    make_fate(load, sequence="people_company_id_seq", match=_companies_match(load))
    owner = "LEFT JOIN link_owner lo ON lo.value = s.owner" if load.has("owner") else ""
    given = {
        name: f's."{name}"'
        for name in ("external_id", "name", "tax_id", "domain", "industry", "employees", "revenue", "province",
                     "country", "tags")
        if load.has(name)
    }  # fmt: skip
    if load.has("owner"):
        given |= {"owner_id": "lo.id", "team_id": "lo.team_id"}
    named = {"sort_name": "left(s.name_fold, 200)", "search_text": "s.name_words"} if load.has("name") else {}
    update_matched(load, table=COMPANY, columns=given | named, joins=owner)
    texts = dict.fromkeys(("source", "tax_id", "domain", "industry", "province", "country"), "''")
    fresh = texts | {name: f"coalesce({sql}, '')" if name in texts else sql for name, sql in given.items()}
    name = f"coalesce({load.value('name')}, {load.value('external_id')})"
    fresh |= {"name": name, "tags": f"coalesce({load.value('tags')}, '{{}}'::text[])"}
    fresh["sort_name"] = f"left(coalesce({load.value('name_fold')}, {load.value('external_id_fold')}), 200)"
    fresh["search_text"] = f"coalesce({load.value('name_words')}, '')"
    insert_created(load, table=COMPANY, columns=fresh, joins=owner)
    if load.has("parent"):
        _tie_parents(load)


def _companies_match(load: Load) -> str:
    ways = []
    other = "AND (c.external_id IS NULL OR s.external_id IS NULL)" if load.has("external_id") else ""
    if load.has("external_id"):
        ways.append(
            f"SELECT s.line, c.id FROM staged s JOIN {COMPANY} c ON c.external_id = s.external_id"
        )
    if load.duplicates != "create":
        if load.has("tax_id"):
            ways.append(
                f"SELECT s.line, min(c.id) FROM staged s JOIN {COMPANY} c ON c.tax_id = s.tax_id AND c.tax_id <> ''"
                f" {other} GROUP BY s.line HAVING count(*) = 1"
            )
        if load.has("name"):
            same = (
                "AND (c.tax_id = '' OR s.tax_id IS NULL OR c.tax_id = s.tax_id)" if load.has("tax_id") else ""
            )
            ways.append(
                f"SELECT s.line, min(c.id) FROM staged s JOIN {COMPANY} c ON c.sort_name = left(s.name_fold, 200)"
                f" {other} {same} GROUP BY s.line HAVING count(*) = 1"
            )
    return best_of(ways)


def _tie_parents(load: Load) -> None:
    """Find the parents now that this file's own companies exist, tie them, and reject what would make a ring."""
    find_companies(load, link="link_parent")
    load.run(
        """INSERT INTO rejected SELECT s.line, 'parent', coalesce(l.problem, 'unknown'), l.value
           FROM staged s JOIN link_parent l ON l.value = s.parent WHERE l.id IS NULL ON CONFLICT DO NOTHING;
           CREATE TEMP TABLE ties ON COMMIT DROP AS
           SELECT DISTINCT ON (f.id) f.line, f.id AS child, l.id AS parent FROM staged s
           JOIN fate f ON f.line = s.line JOIN link_parent l ON l.value = s.parent AND l.id IS NOT NULL;
           INSERT INTO rejected
           WITH RECURSIVE links AS (
               SELECT from_company_id AS parent, to_company_id AS child FROM people_companylink
               WHERE kind = 'parent_of' AND to_company_id NOT IN (SELECT child FROM ties)
               UNION SELECT parent, child FROM ties),
           above(child, ancestor) AS (
               SELECT child, parent FROM ties UNION
               SELECT a.child, l.parent FROM above a JOIN links l ON l.child = a.ancestor)
           SELECT t.line, 'parent', 'ring', s.parent FROM ties t JOIN staged s ON s.line = t.line
           WHERE EXISTS (SELECT FROM above a WHERE a.child = t.child AND a.ancestor = t.child)
           ON CONFLICT DO NOTHING;
           DELETE FROM ties WHERE line IN (SELECT line FROM rejected)
              OR EXISTS (SELECT FROM people_companylink k WHERE k.kind = 'parent_of'
                         AND k.from_company_id = ties.parent AND k.to_company_id = ties.child);
           INSERT INTO before_images SELECT 'people_companylink', k.id, to_jsonb(k), true FROM people_companylink k
           WHERE k.kind = 'parent_of' AND k.until IS NULL AND k.to_company_id IN (SELECT child FROM ties);
           DELETE FROM people_companylink k
           WHERE k.kind = 'parent_of' AND k.until IS NULL AND k.to_company_id IN (SELECT child FROM ties);
           INSERT INTO people_companylink (from_company_id, to_company_id, kind, batch)
           SELECT parent, child, 'parent_of', %(batch)s FROM ties;
           UPDATE fate f SET status = 'updated' FROM ties t WHERE t.line = f.line AND f.status = 'unchanged';
           DROP TABLE ties"""
    )


def load_affiliations(load: Load) -> None:
    """Write the staged posts; one post is told by person, company, title and its beginning."""
    joins = "JOIN link_person lp ON lp.value = s.person JOIN link_company lc ON lc.value = s.company"
    if load.has("since") and load.has("until"):
        load.run("INSERT INTO rejected SELECT line, 'until', 'ends_before_it_begins', until::text FROM staged "
                 "WHERE until < since ON CONFLICT DO NOTHING")  # fmt: skip
    title, since = f"coalesce({load.value('title')}, '')", f"{load.value('since')}::date"
    make_fate(
        load,
        sequence="people_affiliation_id_seq",
        match=f"""SELECT s.line, a.id FROM staged s {joins} JOIN people_affiliation a ON a.person_id = lp.id
                  AND a.company_id = lc.id AND a.title = {title} AND a.since IS NOT DISTINCT FROM {since}""",
    )
    given = {name: f's."{name}"' for name in ("department", "until") if load.has(name)}
    update_matched(load, table="people_affiliation", columns=given, touch=False)
    fresh = {"person_id": "lp.id", "company_id": "lc.id", "title": title, "since": since}
    fresh |= {
        "department": f"coalesce({load.value('department')}, '')",
        "until": f"{load.value('until')}::date",
    }
    insert_created(load, table="people_affiliation", columns=fresh, joins=joins)

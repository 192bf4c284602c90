"""People and companies that the rows of another target name."""

from rapport.core.bulk import Load, find_by
from rapport.people.suppression import EMAIL, is_suppressed, salt

PERSON = "people_person"
COMPANY = "people_company"
# Whoever changes hands comes into the new owner's team; whoever does not stays where colleagues put them.
TEAM_OF_OWNER = "CASE WHEN coalesce(lo.id, t.owner_id) IS DISTINCT FROM t.owner_id THEN lo.team_id ELSE t.team_id END"
# A merged record is found by its external id alone, and stands for the one that was kept.
UNMERGED = "AND t.merged_into_id IS NULL"
LOOKS_LIKE_AN_EMAIL = "l.value ~ '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$'"
# A letter, whatever the server's idea of letters is: neither a sign nor a digit of ASCII.
_LETTER = r"[^\x01-\x40\x5b-\x60\x7b-\x7f]"
# A name has letters and no digit, or at least two words of letters; anything else that is no address is an id.
LOOKS_LIKE_A_NAME = (
    f"(l.value !~ '@' AND (l.value ~ '{_LETTER}' AND l.value !~ '[0-9]'"
    f" OR l.value ~ '{_LETTER}{{2}}[[:space:]]+{_LETTER}{{2}}'))"
)
_KIND = f"CASE WHEN {LOOKS_LIKE_AN_EMAIL} THEN 'email' WHEN {LOOKS_LIKE_A_NAME} THEN 'name' ELSE 'id' END"


def find_people(load: Load, *, link: str) -> int:
    """Find people by external id, e-mail, or name where that is unique; make the unknown. Gives how many."""
    find_by(load, link=link, table=PERSON, on="t.external_id = l.value")
    find_by(load, link=link, table=PERSON, on=f"t.email = lower(l.value) {UNMERGED}", among="l.value LIKE '%%@%%'")
    if load.finds("SELECT FROM people_contactpoint"):
        further = "(SELECT person_id AS id, value FROM people_contactpoint WHERE kind = 'email')"
        find_by(load, link=link, table=further, on="t.value = lower(l.value)", among="l.value LIKE '%%@%%'")
    find_by(load, link=link, table=PERSON, on=f"t.sort_name = left(l.fold, 200) {UNMERGED}", among="t.full_name <> ''")
    follow_merges(load, link=link, table=PERSON)
    if load.add_unknown and load.finds("SELECT FROM people_suppression"):
        load.run(
            f"""UPDATE {link} l SET problem = 'erased' WHERE l.id IS NULL AND l.problem IS NULL
                AND l.value LIKE '%%@%%' AND {is_suppressed(EMAIL, "lower(l.value)")}""",
            salt=salt(),
        )
    return _make_people(load, link=link) if load.add_unknown else 0


def _make_people(load: Load, *, link: str) -> int:
    """One person for each unknown name, address or id; two writings of a name, or of an address, are one person."""
    load.run(
        f"""CREATE TEMP TABLE unknown_people ON COMMIT DROP AS
            SELECT l.value, l.fold, l.words, k.kind,
                   CASE k.kind WHEN 'email' THEN 'e' || lower(l.value) WHEN 'name' THEN 'n' || l.fold
                               ELSE 'i' || l.value END AS key, NULL::bigint AS id
            FROM {link} l CROSS JOIN LATERAL (SELECT {_KIND} AS kind) k WHERE l.id IS NULL AND l.problem IS NULL;
            UPDATE unknown_people u SET id = n.id
            FROM (SELECT key, nextval('people_person_id_seq') AS id FROM unknown_people GROUP BY key) n
            WHERE n.key = u.key;
            UPDATE {link} l SET id = u.id FROM unknown_people u WHERE u.value = l.value"""
    )
    made = load.run(
        f"""INSERT INTO {PERSON} (id, batch, external_id, source, full_name, sort_name, search_text, email, phone,
                                  title, language, province, country)
            SELECT DISTINCT ON (id) id, %(batch)s, CASE WHEN kind = 'id' THEN value END, '',
                   CASE WHEN kind = 'name' THEN value ELSE '' END, left(fold, 200),
                   CASE WHEN kind = 'name' THEN words ELSE '' END,
                   CASE WHEN kind = 'email' THEN lower(value) ELSE '' END, '', '', '', '', ''
            FROM unknown_people ORDER BY id, value DESC"""
    )
    load.run("DROP TABLE unknown_people")
    return made


def find_companies(load: Load, *, link: str) -> int:
    """Find companies by external id, tax id, or name where that is unique; make the unknown. Gives how many."""
    find_by(load, link=link, table=COMPANY, on="t.external_id = l.value")
    find_by(load, link=link, table=COMPANY, on=f"t.tax_id = l.value {UNMERGED}", among="t.tax_id <> ''")
    find_by(load, link=link, table=COMPANY, on=f"t.sort_name = left(l.fold, 200) {UNMERGED}")
    follow_merges(load, link=link, table=COMPANY)
    if not load.add_unknown:
        return 0
    # Two writings of one name (in other case, with other accents) are one company.
    added = load.run(
        f"""INSERT INTO {COMPANY} (batch, source, name, sort_name, search_text, tax_id, domain, industry,
                                   province, country)
            SELECT DISTINCT ON (l.fold) %(batch)s, '', left(l.value, 200), left(l.fold, 200), l.words, '', '', '',
                   '', ''
            FROM {link} l WHERE l.id IS NULL AND l.problem IS NULL ORDER BY l.fold, l.value DESC"""
    )
    find_by(load, link=link, table=COMPANY, on=f"t.sort_name = left(l.fold, 200) {UNMERGED}")
    return added


def follow_merges(load: Load, *, link: str, table: str) -> None:
    """Whoever was found by an id of a record that was merged is the one who was kept."""
    if load.finds(f"SELECT FROM {table} WHERE merged_into_id IS NOT NULL"):
        load.run(
            f"""UPDATE {link} l SET id = t.merged_into_id FROM {table} t
                WHERE t.id = l.id AND t.merged_into_id IS NOT NULL"""
        )

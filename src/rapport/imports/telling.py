"""Which rows of a file are one record: by their ids and addresses, and by a counter where they have none."""

from rapport.imports import cleaning
from rapport.imports.staging import ROW_KEY, Staging

# What tells records apart, the surest first, and the letter under which its values are compared.
IDENTITY = {
    "people": (("external_id", "x"), ("email", "m"), ("phone", "p")),
    "companies": (("external_id", "x"), ("tax_id", "t"), ("name", "n")),
    "products": (("external_id", "x"), ("name", "n")),
    "deals": (("external_id", "x"),),
    "orders": (("external_id", "x"),),
    "interactions": (("external_id", "x"),),
    "colleagues": (("email", "m"), ("full_name", "n")),
}


def tell_apart(staging: Staging, *, duplicates: str) -> None:
    """Make `good` from the rows without a problem, one for each record; `extras` are the rows folded into others.

    Of rows that are one record the last value that is not blank counts, field by field; where duplicates are
    skipped the first row counts, and where they are created only an id that is there once makes two rows one.
    """
    connection = staging.connection
    quoted = ", ".join(f'"{one.name}"' for one in staging.fields)
    number = ", number" if staging.target == "order-lines" else ""
    connection.execute("CREATE TABLE extras (line BIGINT, into_line BIGINT, same BOOLEAN)")
    rows = f"(SELECT line, {quoted}{number} FROM clean WHERE problem IS NULL)"
    if _make_keys(staging, duplicates=duplicates) and _fold_repeated(staging, first=duplicates == "skip"):
        rows = "effective"
    folds = ", ".join(["", *_folds(staging)])
    connection.execute(f"CREATE TABLE good AS SELECT line, {quoted}{folds}{number} FROM {rows}")
    for table in ("keyed", "repeated", "repeats", "effective"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")


def _make_keys(staging: Staging, *, duplicates: str) -> bool:
    """Make `keyed` (line, key): rows with one key are one record. False where no two rows can be."""
    names = {one.name for one in staging.fields}
    if staging.target in ROW_KEY:
        parts = [f"coalesce(\"{name}\", '')" for name in ROW_KEY[staging.target] if name in names]
        ways = [f"concat_ws(chr(31), {', '.join(parts)})"]
    else:
        known = [pair for pair in IDENTITY.get(staging.target, ()) if pair[0] in names]
        if duplicates == "create":
            once = "email" if staging.target == "colleagues" else "external_id"
            known = [pair for pair in known if pair[0] == once]
        ways = [f"'{letter}' || {_compared(name)}" for name, letter in known]
    if not ways:
        return False
    columns = ", ".join(f"{way} AS w{i}" for i, way in enumerate(ways))
    firsts = ", ".join(f"w{i}" for i in range(len(ways)))
    staging.connection.execute(
        f"""CREATE TABLE keyed AS SELECT line, coalesce({firsts}) AS key, {firsts}
            FROM (SELECT line, {columns} FROM clean WHERE problem IS NULL)"""
    )
    for place in range(1, len(ways)):
        _strengthen(staging, place)
    return True


def _compared(name: str) -> str:
    if name == "full_name":
        return 'lower("full_name")'
    return cleaning.fold('"name"') if name == "name" else f'"{name}"'


def _strengthen(staging: Staging, place: int) -> None:
    """Rows told by a weaker way only belong to the one record whose surer rows say the same in that way."""
    before = " AND ".join(f"w{i} IS NULL" for i in range(place))
    weak = f"{before} AND w{place} IS NOT NULL"
    row = staging.connection.execute(
        f"SELECT bool_or({weak}), bool_or(NOT ({before}) AND w{place} IS NOT NULL) FROM keyed"
    ).fetchone()
    if not row or not all(row):
        return
    staging.connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE surer AS SELECT w{place} AS weak, min(key) AS key FROM keyed
            WHERE NOT ({before}) AND w{place} IS NOT NULL GROUP BY 1 HAVING count(DISTINCT key) = 1"""
    )
    staging.connection.execute(f"UPDATE keyed SET key = s.key FROM surer s WHERE s.weak = keyed.w{place} AND {weak}")


def _fold_repeated(staging: Staging, *, first: bool) -> bool:
    """Make `effective` where keys repeat, and say of every row that gave way whether it said anything else."""
    connection = staging.connection
    which = "min" if first else "max"
    connection.execute(
        f"""CREATE TABLE repeated AS SELECT key, {which}(line) AS kept FROM keyed
            WHERE key IS NOT NULL GROUP BY 1 HAVING count(*) > 1"""
    )
    row = connection.execute("SELECT count(*) FROM repeated").fetchone()
    if not row or not row[0]:
        return False
    names = [one.name for one in staging.fields]
    quoted = ", ".join(f'"{name}"' for name in names)
    way = "first" if first else "last"
    told = ", ".join(
        f'c."{n}"' if first else f'{way}(c."{n}" ORDER BY c.line) FILTER (WHERE c."{n}" IS NOT NULL) AS "{n}"'
        for n in names
    )
    connection.execute("CREATE TABLE repeats AS SELECT k.line, r.kept FROM keyed k JOIN repeated r ON r.key = k.key")
    together = "clean c JOIN repeats r ON r.line = c.line"
    merged = (
        f"SELECT c.line, {told} FROM {together} WHERE c.line = r.kept"
        if first
        else f"SELECT r.kept AS line, {told} FROM {together} GROUP BY r.kept"
    )
    connection.execute(
        f"""CREATE TABLE effective AS
            SELECT line, {quoted} FROM clean WHERE problem IS NULL AND line NOT IN (SELECT line FROM repeats)
            UNION ALL BY NAME {merged}"""
    )
    same = "true" if first else " AND ".join(f'(c."{n}" IS NULL OR c."{n}" = e."{n}")' for n in names)
    connection.execute(
        f"""INSERT INTO extras SELECT c.line, r.kept, {same} FROM {together}
            JOIN effective e ON e.line = r.kept WHERE c.line <> r.kept"""
    )
    return True


def _folds(staging: Staging) -> list[str]:
    found = []
    for one in staging.fields:
        if one.folded or one.name == "external_id":
            folded = cleaning.fold(f'"{one.name}"')
            found += [f"{folded} AS {one.name}_fold", f"{cleaning.words(folded)} AS {one.name}_words"]
    return found

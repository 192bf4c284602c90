"""Products, orders and lines written in sets: the bulk twins of `commerce.actions`, for imports."""

from rapport.core.bulk import (
    Load,
    Way,
    by_external_id,
    by_unique,
    find_by,
    insert_created,
    keep_before,
    make_fate,
    reject_new_without,
    search_again,
    update_matched,
)

PRODUCT = "commerce_product"
ORDER = "commerce_order"
LINE = "commerce_orderline"
# What comes to four places line by line, as `commerce.rules.line_total`.
LINES_TOTAL = "sum(round({0}.quantity * {0}.unit_price, 4))"
# As `people.rules.naming.product_search_text`.
SAID = {PRODUCT: "concat_ws(' ', t.name, t.category, t.external_id)"}


def find_products(load: Load, *, link: str) -> int:
    """Find products by code, or by name where that is unique; make the unknown under their code. Gives how many.

    A code has no blank in it; a name nobody knows makes a product without a code.
    """
    find_by(load, link=link, table=PRODUCT, on="t.external_id = l.value")
    find_by(load, link=link, table=PRODUCT, on="t.sort_name = left(l.fold, 200)")
    if not load.add_unknown:
        return 0
    columns = "batch, external_id, source, name, sort_name, search_text, category, currency"
    unknown = f"FROM {link} l WHERE l.id IS NULL AND l.problem IS NULL"
    added = load.run(
        f"""INSERT INTO {PRODUCT} ({columns})
            SELECT %(batch)s, l.value, '', l.value, left(l.fold, 200), l.words || ' ' || l.words, '', %(currency)s
            {unknown} AND l.value !~ ' ' ORDER BY l.value"""
    )
    added += load.run(
        f"""INSERT INTO {PRODUCT} ({columns})
            SELECT DISTINCT ON (l.fold) %(batch)s, NULL, '', l.value, left(l.fold, 200), l.words, '', %(currency)s
            {unknown} AND l.value ~ ' ' ORDER BY l.fold, l.value DESC"""
    )
    find_by(load, link=link, table=PRODUCT, on="t.external_id = l.value")
    find_by(load, link=link, table=PRODUCT, on="t.sort_name = left(l.fold, 200)")
    return added


def find_orders(load: Load, *, link: str) -> int:
    """Find orders by external id; none is made from a mere number."""
    find_by(load, link=link, table=ORDER, on="t.external_id = l.value")
    return 0


def load_products(load: Load) -> None:
    """Write the staged products: match by code, then by name."""
    make_fate(load, sequence="commerce_product_id_seq", ways=_product_ways(load))
    fields = ("external_id", "name", "category", "price", "currency")
    given = {name: f's."{name}"' for name in fields if load.has(name)}
    named = {"sort_name": "left(s.name_fold, 200)"} if load.has("name") else {}
    update_matched(load, table=PRODUCT, columns=given | named)
    code, code_fold = load.value("external_id"), load.value("external_id_fold")
    fresh = given | {
        "source": "''",
        "category": f"coalesce({load.value('category')}, '')",
        "currency": f"coalesce({load.value('currency')}, %(currency)s)",
        "name": f"coalesce({load.value('name')}, {code})",
        "sort_name": f"left(coalesce({load.value('name_fold')}, {code_fold}), 200)",
        "search_text": "''",
    }
    insert_created(load, table=PRODUCT, columns=fresh)
    search_again(load, table=PRODUCT)


def _product_ways(load: Load) -> list[Way]:
    """Code, then name where exactly one product of no other code has it."""
    ways = [by_external_id(PRODUCT)] if load.has("external_id") else []
    if load.has("name") and load.duplicates != "create":
        other = "AND (t.external_id IS NULL OR s.external_id IS NULL)" if load.has("external_id") else ""
        on, alone = f"t.sort_name = left(s.name_fold, 200) {other}", load.lacks("external_id")
        ways.append(Way(by_unique(table=PRODUCT, on=on, bare="t.external_id IS NULL", alone=alone), "name"))
    return ways


def _customer_joins(load: Load) -> str:
    return " ".join(
        f"LEFT JOIN link_{name} l{name[0]} ON l{name[0]}.value = s.{name}"
        for name in ("person", "company")
        if load.has(name)
    )


def load_orders(load: Load) -> None:
    """Write the staged orders, matched by number. An order belongs to whom its customer belongs to.

    A new one without a total has that of its lines (`lines_total`), which are written after it.
    """
    if load.strict:
        reject_new_without(load, table=ORDER, field="placed_at", said=load.value("placed_at"))
        counted = f"coalesce({load.value('total')}, {load.value('lines_total')})"
        reject_new_without(load, table=ORDER, field="lines", said=counted, code="no_lines")
    make_fate(load, sequence="commerce_order_id_seq", ways=[by_external_id(ORDER)])
    joins = _customer_joins(load)
    given = {name: f's."{name}"' for name in ("placed_at", "channel", "total", "currency") if load.has(name)}
    given |= {f"{name}_id": f"l{name[0]}.id" for name in ("person", "company") if load.has(name)}
    update_matched(load, table=ORDER, columns=given, joins=joins)
    fresh = {"source": "''", "external_id": "s.external_id"} | given
    fresh["channel"] = f"coalesce({load.value('channel')}, '')"
    fresh["total"] = f"coalesce({load.value('total')}, {load.value('lines_total')}, 0)"
    fresh["currency"] = f"coalesce({load.value('currency')}, %(currency)s)"
    person = "lp.id" if load.has("person") else ""
    company = "lc.id" if load.has("company") else ""
    keepers, keeper = _keeper(person=person, company=company)
    insert_created(load, table=ORDER, columns=fresh | keeper, joins=f"{joins} {keepers}")


def _keeper(*, person: str, company: str) -> tuple[str, dict[str, str]]:
    """(joins, columns): owner and team of the customer, the company before the person."""
    known = [("people_company", "keeping_company", company), ("people_person", "keeping_person", person)]
    tables = [each for each in known if each[2]]
    if not tables:
        return "", {}
    joins = " ".join(f"LEFT JOIN {table} {name} ON {name}.id = {key}" for table, name, key in tables)
    cases = {
        column: " ".join(f"WHEN {key} IS NOT NULL THEN {name}.{column}" for _table, name, key in tables)
        for column in ("owner_id", "team_id")
    }
    return joins, {column: f"CASE {case} END" for column, case in cases.items()}


def load_order_lines(load: Load) -> dict[str, int]:
    """Write the staged invoice lines, and the orders they belong to; totals follow the lines.

    A line is told by order, product, and its number among the lines of that product in that order. Gives how many
    orders were made on the way. An order whose lines say its `total` keeps that one.
    """
    _name_products(load)
    _number_again(load)
    made = _make_orders(load)
    joins = "JOIN order_rows o ON o.number = s.order JOIN link_product lx ON lx.value = s.product"
    on = "t.order_id = o.id AND t.product_id = lx.id AND t.number = s.number"
    known = Way(f"SELECT s.line, t.id FROM staged s {joins} JOIN {LINE} t ON {on}")
    make_fate(load, sequence="commerce_orderline_id_seq", ways=[known])
    given = {"quantity": "s.quantity", "unit_price": "s.unit_price"}
    update_matched(load, table=LINE, columns=given, touch=False)
    fresh = given | {"order_id": "o.id", "product_id": "lx.id", "number": "s.number"}
    insert_created(load, table=LINE, columns=fresh, joins=joins)
    _total(load)
    return {"orders": made}


def _name_products(load: Load) -> None:
    """Give a product known by its code alone the name that its lines give it most often."""
    if not load.has("product_name"):
        return
    load.run(
        f"""CREATE TEMP TABLE product_names ON COMMIT DROP AS
            SELECT l.id, (array_agg(s.product_name ORDER BY s.number_of DESC, s.product_name))[1] AS name,
                   (array_agg(s.product_name_fold ORDER BY s.number_of DESC, s.product_name))[1] AS fold,
                   NULL::boolean AS older
            FROM (SELECT product, product_name, product_name_fold, count(*) AS number_of
                  FROM staged WHERE product_name IS NOT NULL GROUP BY 1, 2, 3) s
            JOIN link_product l ON l.value = s.product GROUP BY l.id;
            ANALYZE product_names;
            UPDATE product_names n SET older = t.batch IS DISTINCT FROM %(batch)s FROM {PRODUCT} t
            WHERE t.id = n.id AND t.name = t.external_id AND t.name <> left(n.name, 300);
            DELETE FROM product_names WHERE older IS NULL"""
    )
    keep_before(load, table=PRODUCT, ids="SELECT id FROM product_names WHERE older")
    load.run(
        f"""UPDATE {PRODUCT} t SET name = left(n.name, 300), sort_name = left(n.fold, 200),
                   version = t.version + older::int,
                   updated_at = CASE WHEN older THEN %(at)s ELSE t.updated_at END
            FROM product_names n WHERE n.id = t.id"""
    )
    search_again(load, table=PRODUCT, ids="SELECT id FROM product_names")
    load.run("DROP TABLE product_names")


def _number_again(load: Load) -> None:
    """Number the lines anew where the file names one product in several ways."""
    if not load.finds("SELECT FROM link_product WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1"):
        return
    load.run(
        """UPDATE staged s SET number = n.number
           FROM (SELECT s.line, row_number() OVER (PARTITION BY s.order, l.id ORDER BY s.line) AS number
                 FROM staged s JOIN link_product l ON l.value = s.product) n
           WHERE n.line = s.line AND n.number <> s.number"""
    )


def _make_orders(load: Load) -> int:
    """The orders of the lines, found or made; lines whose customer is not their order's are rejected."""
    person = "lp.id" if load.has("person") else "NULL::bigint"
    company = "lc.id" if load.has("company") else "NULL::bigint"
    lines = f"""FROM staged s {_customer_joins(load)}
                WHERE NOT EXISTS (SELECT FROM rejected r WHERE r.line = s.line)"""
    load.run(
        f"""CREATE TEMP TABLE order_rows ON COMMIT DROP AS
            SELECT n.*, coalesce(t.id, nextval('commerce_order_id_seq')) AS id, t.id IS NULL AS is_new,
                   n.person_id IS DISTINCT FROM n.other_person OR n.company_id IS DISTINCT FROM n.other_company
                   OR n.person_id <> t.person_id OR n.company_id <> t.company_id AS in_doubt
            FROM (SELECT s.order AS number, min({load.value("placed_at", "NULL::timestamptz")}) AS placed_at,
                         min({person}) AS person_id,
                         max({person}) AS other_person, min({company}) AS company_id,
                         max({company}) AS other_company, min({load.value("channel")}) AS channel,
                         min({load.value("currency")}) AS currency, {LINES_TOTAL.format("s")} AS total
                  {lines} GROUP BY s.order) n
            LEFT JOIN {ORDER} t ON t.external_id = n.number;
            CREATE INDEX ON order_rows (number); ANALYZE order_rows"""
    )
    _settle_doubt(load, person=person, company=company, lines=lines)
    _give_customers(load)
    keepers, keeper = _keeper(person="o.person_id" if load.has("person") else "",
                              company="o.company_id" if load.has("company") else "")  # fmt: skip
    names = "".join(f", {name}" for name in keeper)
    return load.run(
        f"""INSERT INTO {ORDER} (id, batch, external_id, source, placed_at, person_id, company_id, channel, currency,
                                 total{names})
            SELECT o.id, %(batch)s, o.number, '', o.placed_at, o.person_id, o.company_id, coalesce(o.channel, ''),
                   coalesce(o.currency, %(currency)s), o.total{"".join(f", {sql}" for sql in keeper.values())}
            FROM order_rows o {keepers} WHERE is_new"""
    )


def _settle_doubt(load: Load, *, person: str, company: str, lines: str) -> None:
    """Where lines of one order name several customers the first counts, or the one the order has already."""
    if not load.finds("SELECT FROM order_rows WHERE in_doubt"):
        return
    load.run(
        f"""UPDATE order_rows o SET person_id = coalesce(t.person_id, first.person_id),
                                    company_id = coalesce(t.company_id, first.company_id)
            FROM (SELECT s.order AS number,
                         (array_agg({person} ORDER BY s.line) FILTER (WHERE {person} IS NOT NULL))[1] AS person_id,
                         (array_agg({company} ORDER BY s.line) FILTER (WHERE {company} IS NOT NULL))[1] AS company_id
                  {lines} AND s.order IN (SELECT number FROM order_rows WHERE in_doubt) GROUP BY s.order) first
            LEFT JOIN {ORDER} t ON t.external_id = first.number WHERE first.number = o.number"""
    )
    refused = load.run(
        f"""INSERT INTO rejected SELECT s.line, 'order', 'order_of_another', s.order
            FROM staged s JOIN order_rows o ON o.number = s.order AND o.in_doubt {_customer_joins(load)}
            WHERE {person} <> o.person_id OR {company} <> o.company_id ON CONFLICT DO NOTHING"""
    )
    if refused:
        load.run(
            f"""UPDATE order_rows o SET total = n.total
                FROM (SELECT s.order AS number, {LINES_TOTAL.format("s")} AS total FROM staged s
                      WHERE NOT EXISTS (SELECT FROM rejected r WHERE r.line = s.line) GROUP BY s.order) n
                WHERE n.number = o.number AND o.in_doubt"""
        )
        load.run(
            """DELETE FROM order_rows o WHERE is_new AND in_doubt AND NOT EXISTS (
                 SELECT FROM staged s WHERE s.order = o.number
                 AND NOT EXISTS (SELECT FROM rejected r WHERE r.line = s.line))"""
        )


def _give_customers(load: Load) -> None:
    """An order that had no customer gets the one that its lines now name."""
    found = """FROM order_rows o WHERE NOT o.is_new AND o.id = t.id
                AND (t.person_id IS NULL AND o.person_id IS NOT NULL
                     OR t.company_id IS NULL AND o.company_id IS NOT NULL)"""
    if load.duplicates == "skip" or not load.finds(f"SELECT FROM {ORDER} t WHERE EXISTS (SELECT {found})"):
        return
    keep_before(load, table=ORDER, ids=f"SELECT t.id FROM {ORDER} t WHERE EXISTS (SELECT {found})")
    load.run(
        f"""UPDATE {ORDER} t SET person_id = coalesce(t.person_id, o.person_id),
                   company_id = coalesce(t.company_id, o.company_id), version = t.version + 1, updated_at = %(at)s
            {found}"""
    )


def _total(load: Load) -> None:
    """The total of every order that was there before and whose lines now come to another one.

    Those of which a line came or changed are found first: of lines that were just loaded the planner knows nothing
    yet, and would look through the whole file for each of them.
    """
    load.run(
        f"""CREATE TEMP TABLE totals ON COMMIT DROP AS
            WITH touched AS MATERIALIZED (
                SELECT DISTINCT o.id FROM order_rows o JOIN staged s ON s.order = o.number
                JOIN fate f ON f.line = s.line
                WHERE f.status <> 'unchanged' AND NOT o.is_new AND {load.value("total")} IS NULL)
            SELECT n.* FROM (
                SELECT t.order_id AS id, {LINES_TOTAL.format("t")} AS total FROM touched
                JOIN {LINE} t ON t.order_id = touched.id GROUP BY t.order_id) n
            JOIN {ORDER} o ON o.id = n.id AND o.total <> n.total;
            ANALYZE totals"""
    )
    keep_before(load, table=ORDER, ids="SELECT id FROM totals")
    load.run(
        f"""UPDATE {ORDER} o SET total = n.total, version = o.version + 1, updated_at = %(at)s
            FROM totals n WHERE n.id = o.id; DROP TABLE totals"""
    )

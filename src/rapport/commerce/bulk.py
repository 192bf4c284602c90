"""Products, orders and lines written in sets, for imports."""

from rapport.core.bulk import Load, best_of, find_by, insert_created, keep_before, make_fate, update_matched

PRODUCT = "commerce_product"
ORDER = "commerce_order"
LINE = "commerce_orderline"


def find_products(load: Load, *, link: str) -> int:
    """Find products by code, or by name where that is unique; make the unknown under their code. Gives how many."""
    find_by(load, link=link, table=PRODUCT, on="t.external_id = l.value")
    find_by(load, link=link, table=PRODUCT, on="t.sort_name = l.fold")
    if not load.add_unknown:
        return 0
    is_name = "(l.value ~ '[[:alpha:]]' AND l.value ~ ' ')"
    added = load.run(
        f"""INSERT INTO {PRODUCT} (batch, external_id, source, name, sort_name, search_text, category, currency)
            SELECT %(batch)s, CASE WHEN NOT {is_name} THEN left(l.value, 200) END, '', left(l.value, 300),
                   left(l.fold, 300), l.words, '', %(currency)s
            FROM {link} l WHERE l.id IS NULL AND l.problem IS NULL ORDER BY l.value"""
    )
    find_by(load, link=link, table=PRODUCT, on="t.external_id = l.value")
    find_by(load, link=link, table=PRODUCT, on="t.name = left(l.value, 300)")
    return added


def find_orders(load: Load, *, link: str) -> int:
    """Find orders by number; none is ever made from a mere number."""
    find_by(load, link=link, table=ORDER, on="t.external_id = l.value")
    return 0


def load_products(load: Load) -> None:
    """Write the staged products: match by code, then by name."""
    ways = []
    other = "AND (p.external_id IS NULL OR s.external_id IS NULL)" if load.has("external_id") else ""
    if load.has("external_id"):
        ways.append(
            f"SELECT s.line, p.id FROM staged s JOIN {PRODUCT} p ON p.external_id = s.external_id"
        )
    if load.has("name") and load.duplicates != "create":
        ways.append(
            f"SELECT s.line, min(p.id) FROM staged s JOIN {PRODUCT} p ON p.sort_name = left(s.name_fold, 300)"
            f" {other} GROUP BY s.line HAVING count(*) = 1"
        )
    make_fate(load, sequence="commerce_product_id_seq", match=best_of(ways))
    given = {
        name: f's."{name}"'
        for name in ("external_id", "name", "category", "price", "currency")
        if load.has(name)
    }
    named = {"sort_name": "left(s.name_fold, 300)", "search_text": "s.name_words"} if load.has("name") else {}
    update_matched(load, table=PRODUCT, columns=given | named)
    code, code_fold = load.value("external_id"), load.value("external_id_fold")
    fresh = {"source": "''", "category": "''"} | given
    fresh["category"] = f"coalesce({load.value('category')}, '')"
    fresh["currency"] = f"coalesce({load.value('currency')}, %(currency)s)"
    fresh["name"] = f"coalesce({load.value('name')}, {code})"
    fresh["sort_name"] = f"left(coalesce({load.value('name_fold')}, {code_fold}), 300)"
    fresh["search_text"] = f"coalesce({load.value('name_words')}, {load.value('external_id_words')}, '')"
    insert_created(load, table=PRODUCT, columns=fresh)


def _customer_joins(load: Load) -> str:
    return " ".join(
        f"LEFT JOIN link_{name} l{name[0]} ON l{name[0]}.value = s.{name}"
        for name in ("person", "company")
        if load.has(name)
    )


def load_orders(load: Load) -> None:
    """Write the staged orders, matched by number."""
    make_fate(
        load,
        sequence="commerce_order_id_seq",
        match=f"SELECT s.line, o.id FROM staged s JOIN {ORDER} o ON o.external_id = s.external_id",
    )
    joins = _customer_joins(load)
    given = {name: f's."{name}"' for name in ("placed_at", "channel", "total", "currency") if load.has(name)}
    given |= {f"{name}_id": f"l{name[0]}.id" for name in ("person", "company") if load.has(name)}
    update_matched(load, table=ORDER, columns=given, joins=joins)
    fresh = {"source": "''", "external_id": "s.external_id"} | given
    fresh["channel"] = f"coalesce({load.value('channel')}, '')"
    fresh["total"] = f"coalesce({load.value('total')}, 0)"
    fresh["currency"] = f"coalesce({load.value('currency')}, %(currency)s)"
    insert_created(load, table=ORDER, columns=fresh, joins=joins)


def load_order_lines(load: Load) -> dict[str, int]:
    """Write the staged invoice lines, and the orders they belong to; totals follow the lines.

    A line is told by order, product, and its number among the lines of that product in that order. Gives how many
    orders were made on the way.
    """
    _name_products(load)
    made = _make_orders(load)
    joins = "JOIN order_rows o ON o.number = s.order JOIN link_product lx ON lx.value = s.product"
    make_fate(
        load,
        sequence="commerce_orderline_id_seq",
        match=f"""SELECT s.line, t.id FROM staged s {joins} JOIN {LINE} t ON t.order_id = o.id
                  AND t.product_id = lx.id AND t.number = s.number""",
    )
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
                   (array_agg(s.product_name_words ORDER BY s.number_of DESC, s.product_name))[1] AS words
            FROM (SELECT product, product_name, product_name_fold, product_name_words, count(*) AS number_of
                  FROM staged WHERE product_name IS NOT NULL GROUP BY 1, 2, 3, 4) s
            JOIN link_product l ON l.value = s.product GROUP BY l.id"""
    )
    nameless = (
        f"SELECT t.id FROM {PRODUCT} t JOIN product_names n ON n.id = t.id WHERE t.name = t.external_id"
    )
    keep_before(load, table=PRODUCT, ids=f"{nameless} AND t.batch IS DISTINCT FROM %(batch)s")
    load.run(
        f"""UPDATE {PRODUCT} t SET name = left(n.name, 300), sort_name = left(n.fold, 300), search_text = n.words,
                   updated_at = %(at)s
            FROM product_names n WHERE n.id = t.id AND t.name = t.external_id AND t.name <> n.name;
            DROP TABLE product_names"""
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
            FROM (SELECT s.order AS number, min(s.placed_at) AS placed_at, min({person}) AS person_id,
                         max({person}) AS other_person, min({company}) AS company_id,
                         max({company}) AS other_company, min({load.value("channel")}) AS channel,
                         min({load.value("currency")}) AS currency, sum(s.quantity * s.unit_price) AS total
                  {lines} GROUP BY s.order) n
            LEFT JOIN {ORDER} t ON t.external_id = n.number;
            CREATE INDEX ON order_rows (number); ANALYZE order_rows"""
    )
    _settle_doubt(load, person=person, company=company, lines=lines)
    return load.run(
        f"""INSERT INTO {ORDER} (id, batch, external_id, source, placed_at, person_id, company_id, channel, currency,
                                 total)
            SELECT id, %(batch)s, number, '', placed_at, person_id, company_id, coalesce(channel, ''),
                   coalesce(currency, %(currency)s), total FROM order_rows WHERE is_new"""
    )


def _settle_doubt(load: Load, *, person: str, company: str, lines: str) -> None:
    """Where lines of one order name several customers the first counts, or the one the order has already."""
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
            """UPDATE order_rows o SET total = n.total
               FROM (SELECT s.order AS number, sum(s.quantity * s.unit_price) AS total FROM staged s
                     WHERE NOT EXISTS (SELECT FROM rejected r WHERE r.line = s.line) GROUP BY s.order) n
               WHERE n.number = o.number AND o.in_doubt"""
        )


def _total(load: Load) -> None:
    """The total of every order that was there before and of which a line came or changed."""
    load.run(
        f"""CREATE TEMP TABLE totals ON COMMIT DROP AS
            SELECT t.order_id AS id, sum(t.quantity * t.unit_price) AS total FROM {LINE} t
            WHERE t.order_id IN (SELECT o.id FROM order_rows o JOIN staged s ON s.order = o.number
                                 JOIN fate f ON f.line = s.line WHERE f.status <> 'unchanged' AND NOT o.is_new)
            GROUP BY t.order_id;
            ANALYZE totals"""
    )
    keep_before(load, table=ORDER, ids="SELECT id FROM totals")
    load.run(
        f"""UPDATE {ORDER} o SET total = n.total, version = o.version + 1, updated_at = %(at)s
            FROM totals n WHERE n.id = o.id; DROP TABLE totals"""
    )

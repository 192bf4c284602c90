"""The history of deals: what was recorded, and what stands in for it where nobody did."""

import pgtrigger

from rapport.core.bulk import Load, Way, fold_equal, insert_created, keep_before, make_fate
from rapport.deals.bulk import sense, stages

CHANGE = "deals_stagechange"
COLUMNS = "deal_id, from_stage_id, to_stage_id, at, by_id, reason, inferred, batch"


def note_stages(load: Load) -> None:
    """Note where the deals that are about to change stand, in `stage_before`."""
    load.run(
        """CREATE TEMP TABLE stage_before ON COMMIT DROP AS
           SELECT f.line, d.stage_id FROM fate f JOIN deals_deal d ON d.id = f.id"""
    )


def keep_changes(load: Load) -> None:
    """Log what the file changed of known deals: amount, currency, expected day, each before and after."""
    kept = {"amount": "numeric", "currency": "text", "expected_close_on": "date"}
    for field, kind in kept.items():
        before = f"(b.before ->> '{field}')::{kind}"
        load.run(
            f"""INSERT INTO deals_dealchange (deal_id, field, before, after, at, by_id, batch)
                SELECT d.id, '{field}', {before}::text, d.{field}::text, %(at)s, %(by)s, %(batch)s
                FROM before_images b JOIN deals_deal d ON d.id = b.row_id
                WHERE b.table_name = 'deals_deal' AND {before} IS DISTINCT FROM d.{field} ORDER BY d.id"""
        )


def infer(load: Load) -> None:
    """A new deal began in its pipeline's first stage and went straight to its present one; a changed one moved on."""
    load.run(
        f"""CREATE TEMP TABLE begun ON COMMIT DROP AS
            SELECT d.id, d.stage_id, coalesce(d.created_at, d.closed_at, %(at)s) AS began,
                   greatest(coalesce(d.closed_at, d.created_at, %(at)s), d.created_at) AS moved,
                   (SELECT id FROM deals_stage e WHERE e.pipeline_id = d.pipeline_id ORDER BY position LIMIT 1) AS entry
            FROM fate f JOIN deals_deal d ON d.id = f.id WHERE f.status = 'created';
            INSERT INTO {CHANGE} ({COLUMNS})
            SELECT id, NULL, entry, began, NULL, '', true, %(batch)s FROM begun ORDER BY id;
            INSERT INTO {CHANGE} ({COLUMNS})
            SELECT id, entry, stage_id, moved, NULL, '', true, %(batch)s FROM begun WHERE stage_id <> entry ORDER BY id;
            INSERT INTO {CHANGE} ({COLUMNS})
            SELECT d.id, b.stage_id, d.stage_id,
                   greatest(coalesce(d.closed_at, %(at)s), (SELECT max(at) FROM {CHANGE} c WHERE c.deal_id = d.id)),
                   %(by)s, '', true, %(batch)s
            FROM fate f JOIN deals_deal d ON d.id = f.id JOIN stage_before b ON b.line = f.line
            WHERE f.status = 'updated' AND b.stage_id <> d.stage_id;
            DROP TABLE begun; DROP TABLE stage_before; DROP TABLE deal_places"""
    )


def load_stage_changes(load: Load, *, listed: stages.Listed) -> dict[str, int]:
    """Write a recorded history: it takes the place of what was inferred, and the deal follows its last change.

    Gives how many stages were made for it.
    """
    named = "staged s JOIN link_deal l ON l.value = s.deal JOIN deals_deal d ON d.id = l.id"
    wanted = f"SELECT d.pipeline_id, s.to_stage AS name, min(s.line) AS line FROM {named} GROUP BY 1, 2"
    made = stages.make_stages(load, wanted=wanted, listed=listed) if load.add_unknown else 0
    load.run(
        f"""CREATE TEMP TABLE steps ON COMMIT DROP AS
            SELECT s.line, l.id AS deal_id, g.id AS to_stage_id FROM {named}
            LEFT JOIN deals_stage g ON g.pipeline_id = d.pipeline_id AND lower(g.name) = lower(s.to_stage);
            CREATE INDEX ON steps (line); ANALYZE steps;
            INSERT INTO rejected SELECT s.line, 'to_stage', 'unknown', s.to_stage
            FROM staged s JOIN steps p ON p.line = s.line WHERE p.to_stage_id IS NULL ON CONFLICT DO NOTHING"""
    )
    joins = "JOIN steps p ON p.line = s.line"
    load.run(
        """INSERT INTO rejected SELECT s.line, 'at', 'in_future', s.at::date::text
           FROM staged s WHERE s.at::date > %(at)s::date ON CONFLICT DO NOTHING"""
    )
    fold_equal(load, keys={"deal": "p.deal_id", "stage": "p.to_stage_id", "at": "s.at"}, joins=joins)
    recorded = f"JOIN {CHANGE} c ON c.deal_id = p.deal_id AND c.to_stage_id = p.to_stage_id AND c.at = s.at"
    known = f"SELECT s.line, min(c.id) FROM staged s {joins} {recorded} AND NOT c.inferred GROUP BY s.line"
    make_fate(load, sequence="deals_stagechange_id_seq", ways=[Way(known)], in_order=True)
    load.run(
        """CREATE TEMP TABLE touched ON COMMIT DROP AS
           SELECT DISTINCT p.deal_id AS id FROM steps p JOIN fate f ON f.line = p.line WHERE f.status = 'created'"""
    )
    _drop_inferred(load)
    by = " LEFT JOIN link_by lb ON lb.value = s.by" if load.has("by") else ""
    fresh = {"deal_id": "p.deal_id", "to_stage_id": "p.to_stage_id", "at": "s.at", "inferred": "false"}
    fresh |= {"reason": f"coalesce({load.value('reason')}, '')", "by_id": "lb.id" if by else "NULL"}
    # A reason that is in the company's own list is known by its code.
    fresh["reason_code"] = f"""(SELECT r.code FROM deals_lossreason r JOIN deals_stage g ON g.id = p.to_stage_id
                                WHERE g.status = 'lost' AND lower(r.name) = lower({load.value("reason")}))"""
    insert_created(load, table=CHANGE, columns=fresh, joins=joins + by)
    _join_up(load)
    _follow(load)
    return {"stages": made}


def _drop_inferred(load: Load) -> None:
    inferred = f"SELECT c.id FROM {CHANGE} c WHERE c.inferred AND c.deal_id IN (SELECT id FROM touched)"
    keep_before(load, table=CHANGE, ids=inferred, removed=True)
    load.run(f"DELETE FROM {CHANGE} WHERE id IN ({inferred})")


def _join_up(load: Load) -> None:
    """Tie each change to the one before it; only the tie is rewritten, never what was recorded."""
    loose = f"""SELECT j.id, j.before FROM
                (SELECT c.id, c.from_stage_id,
                        lag(c.to_stage_id) OVER (PARTITION BY c.deal_id ORDER BY c.at, c.id) AS before
                 FROM {CHANGE} c WHERE c.deal_id IN (SELECT id FROM touched)) j
                WHERE j.from_stage_id IS DISTINCT FROM j.before"""
    older = f"SELECT l.id FROM ({loose}) l JOIN {CHANGE} c ON c.id = l.id WHERE c.batch IS DISTINCT FROM %(batch)s"
    keep_before(load, table=CHANGE, ids=older)
    # pgtrigger adds a parameter of its own to the statement, which does not go with named ones: this one has none.
    with pgtrigger.ignore("deals.StageChange:append_only"):
        load.cursor.execute(f"UPDATE {CHANGE} c SET from_stage_id = l.before FROM ({loose}) l WHERE l.id = c.id")


def _follow(load: Load) -> None:
    """Bring the deals to where their history ends; who stood elsewhere must have what that stage asks for."""
    load.run(
        f"""CREATE TEMP TABLE ends ON COMMIT DROP AS
            SELECT e.* FROM (
              SELECT DISTINCT ON (c.deal_id) c.deal_id AS id, c.to_stage_id AS stage_id,
                     CASE WHEN g.status <> 'open' THEN c.at END AS closed_at, c.id AS change_id,
                     min(c.at) OVER (PARTITION BY c.deal_id) AS began
              FROM {CHANGE} c JOIN deals_stage g ON g.id = c.to_stage_id
              WHERE c.deal_id IN (SELECT id FROM touched) ORDER BY c.deal_id, c.at DESC, c.id DESC) e
            JOIN deals_deal d ON d.id = e.id
            WHERE (d.stage_id, d.closed_at) IS DISTINCT FROM (e.stage_id, e.closed_at) OR d.created_at IS NULL"""
    )
    keep_before(load, table="deals_deal", ids="SELECT id FROM ends")
    sense.note_moved(
        load,
        """SELECT f.line, e.id, e.stage_id FROM ends e JOIN fate f ON f.id = e.change_id
           JOIN deals_deal d ON d.id = e.id WHERE d.stage_id <> e.stage_id""",
    )
    load.run(
        """UPDATE deals_deal d SET stage_id = e.stage_id, closed_at = e.closed_at,
                  created_at = CASE WHEN d.created_at IS NULL OR d.created_at > e.closed_at
                                    THEN e.began ELSE d.created_at END, version = d.version + 1, updated_at = %(at)s
           FROM ends e WHERE e.id = d.id;
           DROP TABLE touched; DROP TABLE ends"""
    )
    sense.reject_unmet(load, field="to_stage")

"""Pipelines and stages that a file names, found or made."""

import json

from django.utils.translation import gettext, pgettext

from rapport.core.bulk import Load, keep_before
from rapport.deals.models import Stage

STAGE = "deals_stage"
PIPELINE = "deals_pipeline"
WON_WORDS = (
    "won", "closed won", "win", "success", "thắng", "thành công", "đã thắng", "chốt", "đã chốt",
    "thang", "thanh cong", "da thang", "chot",
)  # fmt: skip
LOST_WORDS = (
    "lost", "closed lost", "lose", "thua", "thất bại", "mất", "đã mất", "hủy", "huỷ", "đã hủy",
    "that bai", "mat", "da mat", "huy",
)  # fmt: skip
Listed = dict[str, list[str]]


def find_places(load: Load, *, listed: Listed) -> dict[str, int]:
    """Give each staged deal its pipeline and stage in `deal_places`; make what is missing and say how much.

    A deal that is known stays in its pipeline, and in its stage, unless the file says otherwise.
    """
    made = {"pipelines": _make_pipelines(load)}
    pipeline = load.value("pipeline", "NULL::text")
    known = "d.external_id = s.external_id" if load.has("external_id") else "false"
    load.run(
        f"""CREATE TEMP TABLE deal_places ON COMMIT DROP AS
            SELECT s.line, {load.value("stage", "NULL::text")} AS stage, d.stage_id AS stage_now,
                   d.pipeline_id AS pipeline_now, NULL::bigint AS stage_id,
                   CASE WHEN {pipeline} IS NOT NULL THEN p.id ELSE coalesce(d.pipeline_id, first.id) END AS pipeline_id
            FROM staged s
            CROSS JOIN (SELECT (SELECT id FROM {PIPELINE} ORDER BY retired_at IS NOT NULL, position, id LIMIT 1) AS id)
              first
            LEFT JOIN {PIPELINE} p ON lower(p.name) = lower({pipeline})
            LEFT JOIN deals_deal d ON {known};
            CREATE INDEX ON deal_places (line); ANALYZE deal_places;
            INSERT INTO rejected SELECT dp.line, 'pipeline', 'unknown', {pipeline}
            FROM deal_places dp JOIN staged s ON s.line = dp.line WHERE dp.pipeline_id IS NULL
            ON CONFLICT DO NOTHING"""
    )
    wanted = "SELECT pipeline_id, stage AS name, min(line) AS line FROM deal_places GROUP BY 1, 2"
    made["stages"] = make_stages(load, wanted=wanted, listed=listed) if load.add_unknown else 0
    load.run(
        f"""UPDATE deal_places dp SET stage_id = g.id FROM {STAGE} g
            WHERE g.pipeline_id = dp.pipeline_id AND lower(g.name) = lower(dp.stage);
            UPDATE deal_places dp SET stage_id = coalesce(
              CASE WHEN pipeline_id = pipeline_now THEN stage_now END,
              (SELECT id FROM {STAGE} e WHERE e.pipeline_id = dp.pipeline_id
               ORDER BY retired_at IS NOT NULL, position LIMIT 1))
            WHERE stage IS NULL;
            INSERT INTO rejected SELECT line, 'stage', 'unknown', stage FROM deal_places WHERE stage_id IS NULL
            ON CONFLICT DO NOTHING"""
    )
    return made


def _make_pipelines(load: Load) -> int:
    """The pipelines the file names, or one where there is none at all."""
    if not load.add_unknown:
        return 0
    made = 0
    if load.has("pipeline"):
        made = load.run(
            f"""INSERT INTO {PIPELINE} (name, position, batch)
                SELECT s.name, (SELECT coalesce(max(position), -1) FROM {PIPELINE}) + row_number() OVER (ORDER BY line),
                       %(batch)s
                FROM (SELECT DISTINCT ON (lower(pipeline)) pipeline AS name, line FROM staged
                      WHERE pipeline IS NOT NULL ORDER BY lower(pipeline), line) s
                WHERE NOT EXISTS (SELECT FROM {PIPELINE} p WHERE lower(p.name) = lower(s.name))"""
        )
    return made + load.run(
        f"""INSERT INTO {PIPELINE} (name, position, batch) SELECT %(name)s, 0, %(batch)s
            WHERE NOT EXISTS (SELECT FROM {PIPELINE})""",
        name=gettext("Direct sale"),
    )


def make_stages(load: Load, *, wanted: str, listed: Listed) -> int:
    """Make the stages that are wanted and missing; `wanted` is SQL of (pipeline_id, name, line), the name may be NULL.

    New open stages stand behind the open ones there are and before won and lost. `listed` gives status and order;
    without it a name tells the status and the file the order. A new pipeline gets what it lacks to begin, to be
    won and to be lost.
    """
    named = [
        {"name": name, "status": status, "rank": rank}
        for status, names in listed.items()
        for rank, name in enumerate(names)
    ]
    load.run(
        f"""CREATE TEMP TABLE wanted_stages ON COMMIT DROP AS
            WITH wanted AS ({wanted}), listed AS (
              SELECT name, status, rank FROM jsonb_to_recordset(%(named)s) AS w(name text, status text, rank int))
            SELECT DISTINCT ON (w.pipeline_id, lower(w.name)) w.pipeline_id, coalesce(l.name, w.name) AS name,
                   coalesce(l.rank, 1000) AS rank, w.line,
                   coalesce(l.status, CASE WHEN {_said("w.name")} = ANY(%(won)s) THEN 'won'
                                           WHEN {_said("w.name")} = ANY(%(lost)s) THEN 'lost' ELSE 'open' END) AS status
            FROM (SELECT * FROM wanted WHERE name IS NOT NULL
                  UNION ALL SELECT DISTINCT w.pipeline_id, l.name, NULL::bigint FROM wanted w, listed l
                  JOIN {PIPELINE} p ON p.batch = %(batch)s WHERE p.id = w.pipeline_id) w
            LEFT JOIN listed l ON lower(l.name) = lower(w.name)
            WHERE w.pipeline_id IS NOT NULL AND NOT EXISTS (
              SELECT FROM {STAGE} g WHERE g.pipeline_id = w.pipeline_id AND lower(g.name) = lower(w.name))
            ORDER BY w.pipeline_id, lower(w.name), w.line""",
        named=json.dumps(named),
        won=list(WON_WORDS),
        lost=list(LOST_WORDS),
    )
    _complete(load, wanted=wanted)
    _make_room(load)
    made = load.run(
        f"""INSERT INTO {STAGE} (pipeline_id, name, position, status, probability, batch)
            SELECT w.pipeline_id, w.name, w.position, w.status, CASE w.status WHEN 'won' THEN 100 WHEN 'lost' THEN 0
                     ELSE coalesce(w.probability, round(100.0 * w.step / (w.steps + 1))) END, %(batch)s
            FROM placed_stages w"""
    )
    load.run("DROP TABLE wanted_stages; DROP TABLE placed_stages")
    return made


def _said(name: str) -> str:
    return f"btrim(lower(regexp_replace({name}, '[[:punct:][:space:]]+', ' ', 'g')))"


def _complete(load: Load, *, wanted: str) -> None:
    """What a pipeline of this file lacks to begin, to be won and to be lost."""
    names = {
        Stage.Status.OPEN: pgettext("stage", "New"),
        Stage.Status.WON: pgettext("stage", "Won"),
        Stage.Status.LOST: pgettext("stage", "Lost"),
    }
    for status, name in names.items():
        load.run(
            f"""INSERT INTO wanted_stages SELECT p.id, %(name)s, 2000, NULL, %(status)s FROM {PIPELINE} p
                WHERE p.id IN (SELECT pipeline_id FROM ({wanted}) used)
                  AND NOT EXISTS (SELECT FROM wanted_stages w WHERE w.pipeline_id = p.id
                                  AND (w.status = %(status)s OR lower(w.name) = lower(%(name)s)))
                  AND NOT EXISTS (SELECT FROM {STAGE} g WHERE g.pipeline_id = p.id
                                  AND (g.status = %(status)s OR lower(g.name) = lower(%(name)s)))""",
            name=name,
            status=str(status),
        )


def _make_room(load: Load) -> None:
    """Give every wanted stage a position of its own, and move those it goes before."""
    load.run(
        f"""CREATE TEMP TABLE placed_stages ON COMMIT DROP AS
            WITH together AS (
              SELECT g.pipeline_id, g.id, g.name, g.status::text, g.position::numeric AS place, 0 AS rank, 0 AS line,
                     g.probability, g.position AS position_now FROM {STAGE} g
              WHERE g.pipeline_id IN (SELECT pipeline_id FROM wanted_stages)
              UNION ALL
              SELECT w.pipeline_id, NULL, w.name, w.status, CASE WHEN w.status = 'open' THEN
                       (SELECT min(position) - 0.5 FROM {STAGE} g
                        WHERE g.pipeline_id = w.pipeline_id AND g.status <> 'open') END, w.rank, w.line,
                     (SELECT max(probability) FROM {STAGE} g WHERE g.pipeline_id = w.pipeline_id AND g.status = 'open'),
                     NULL FROM wanted_stages w)
            SELECT *, row_number() OVER (
                        PARTITION BY pipeline_id ORDER BY place NULLS LAST,
                        array_position(ARRAY['open', 'won', 'lost'], status), rank, line NULLS LAST, name
                      ) - 1 AS position,
                   row_number() OVER (PARTITION BY pipeline_id, status ORDER BY rank, line NULLS LAST, name) AS step,
                   count(*) OVER (PARTITION BY pipeline_id, status) AS steps
            FROM together"""
    )
    moved = "FROM placed_stages p WHERE p.id IS NOT NULL AND p.position <> p.position_now"
    keep_before(load, table=STAGE, ids=f"SELECT p.id {moved}")
    load.run(
        f"""UPDATE {STAGE} g SET position = p.position {moved} AND p.id = g.id;
            DELETE FROM placed_stages WHERE id IS NOT NULL"""
    )

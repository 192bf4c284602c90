"""Deals, their stages and the history of their stages written in sets, for imports."""

import json

import pgtrigger

from rapport.core.bulk import Load, find_by, insert_created, make_fate, update_matched

DEAL = "deals_deal"
WON_WORDS = ("won", "closed won", "thang", "thanh cong", "da thang", "chot")
LOST_WORDS = ("lost", "closed lost", "thua", "that bai", "mat", "da mat", "huy")
FIRST_PIPELINE = "Bán hàng trực tiếp"


def find_deals(load: Load, *, link: str) -> int:
    """Find deals by external id, or by name where that is unique; none is made from a mere number."""
    find_by(load, link=link, table=DEAL, on="t.external_id = l.value")
    find_by(load, link=link, table=DEAL, on="t.sort_name = l.fold")
    return 0


def load_deals(load: Load, *, stages: dict[str, list[str]]) -> dict[str, int]:
    """Write the staged deals, matched by external id, in stages found or made, with an inferred history.

    `stages` names the stages of a new pipeline in their order, by status (`open`, `won`, `lost`). Gives how many
    pipelines and stages were made.
    """
    made = _find_stages(load, stages)
    fate = f"SELECT s.line, d.id FROM staged s JOIN {DEAL} d ON d.external_id = s.external_id"
    make_fate(load, sequence="deals_deal_id_seq", match=fate)
    load.run(
        f"""CREATE TEMP TABLE stage_before ON COMMIT DROP AS
            SELECT f.line, d.stage_id FROM fate f JOIN {DEAL} d ON d.id = f.id"""
    )
    joins = "JOIN deal_places dp ON dp.line = s.line " + " ".join(
        f"LEFT JOIN link_{name} l_{name} ON l_{name}.value = s.{name}"
        for name in ("person", "company", "product", "owner")
        if load.has(name)
    )
    plain = ("name", "amount", "currency", "created_at", "expected_close_on", "closed_at")
    given = {name: f's."{name}"' for name in plain if load.has(name)}
    given |= {
        f"{name}_id": f"l_{name}.id" for name in ("person", "company", "product", "owner") if load.has(name)
    }
    if load.has("owner"):
        given["team_id"] = "l_owner.team_id"
    if load.has("stage"):
        given |= {"pipeline_id": "dp.pipeline_id", "stage_id": "dp.stage_id"}
    named = {"sort_name": "left(s.name_fold, 300)", "search_text": "s.name_words"} if load.has("name") else {}
    update_matched(load, table=DEAL, columns=given | named, joins=joins)
    fresh = {"source": "''", "external_id": "s.external_id"} | given
    fresh |= {"pipeline_id": "dp.pipeline_id", "stage_id": "dp.stage_id"} | _names(load)
    fresh["currency"] = f"coalesce({load.value('currency')}, %(currency)s)"
    insert_created(load, table=DEAL, columns=fresh, joins=joins)
    _infer_history(load)
    return made


def _names(load: Load) -> dict[str, str]:
    """A deal without a name is called after its product and its customer, else by its id."""
    parts = {"name": [], "fold": [], "words": []}  # type: dict[str, list[str]]
    for field in ("product", "company", "person"):
        if load.has(field):
            parts["name"].append(f"l_{field}.value")
            parts["fold"].append(f"l_{field}.fold")
            parts["words"].append(f"l_{field}.words")
    made = {key: f"nullif(concat_ws(' – ', {', '.join(found)}), '')" if found else "NULL"
            for key, found in parts.items()}  # fmt: skip
    spaced = made["words"].replace("' – '", "' '")
    given = load.value
    return {
        "name": f"left(coalesce({given('name')}, {made['name']}, {given('external_id')}), 300)",
        "sort_name": f"left(coalesce({given('name_fold')}, {made['fold']}, {given('external_id_fold')}), 300)",
        "search_text": f"coalesce({given('name_words')}, {spaced}, {given('external_id_words')}, '')",
    }


def _find_stages(load: Load, stages: dict[str, list[str]]) -> dict[str, int]:
    """Give each staged line its pipeline and stage in `deal_places`; make what is missing."""
    pipelines = _make_pipelines(load)
    if load.has("stage") and load.add_unknown:
        added = _make_stages(load, stages)
    else:
        added = 0
    pipeline = "lower(p.name) = lower(s.pipeline)" if load.has("pipeline") else "false"
    stage = "lower(g.name) = lower(s.stage)" if load.has("stage") else "false"
    load.run(
        f"""CREATE TEMP TABLE deal_places ON COMMIT DROP AS
            SELECT s.line, coalesce(p.id, first.id) AS pipeline_id,
                   coalesce(g.id, CASE WHEN {load.value("stage")}::text IS NULL THEN entry.id END) AS stage_id
            FROM staged s
            CROSS JOIN (SELECT id FROM deals_pipeline ORDER BY position, id LIMIT 1) first
            LEFT JOIN deals_pipeline p ON {pipeline}
            LEFT JOIN deals_stage g ON g.pipeline_id = coalesce(p.id, first.id) AND {stage}
            LEFT JOIN LATERAL (SELECT id FROM deals_stage e WHERE e.pipeline_id = coalesce(p.id, first.id)
                               ORDER BY e.position LIMIT 1) entry ON true;
            CREATE INDEX ON deal_places (line); ANALYZE deal_places;
            INSERT INTO rejected SELECT dp.line, 'stage', 'unknown', {load.value("stage")}::text
            FROM deal_places dp JOIN staged s ON s.line = dp.line WHERE dp.stage_id IS NULL ON CONFLICT DO NOTHING"""
    )
    return {"pipelines": pipelines, "stages": added}


def _make_pipelines(load: Load) -> int:
    """The pipelines the file names, or one where there is none at all."""
    made = 0
    if load.has("pipeline") and load.add_unknown:
        made = load.run(
            """INSERT INTO deals_pipeline (name, position, batch)
               SELECT s.name, (SELECT coalesce(max(position), 0) FROM deals_pipeline) + row_number() OVER (),
                      %(batch)s
               FROM (SELECT DISTINCT ON (lower(pipeline)) pipeline AS name FROM staged
                     WHERE pipeline IS NOT NULL ORDER BY lower(pipeline), line) s
               WHERE NOT EXISTS (SELECT FROM deals_pipeline p WHERE lower(p.name) = lower(s.name))"""
        )
    return made + load.run(
        """INSERT INTO deals_pipeline (name, position, batch) SELECT %(name)s, 1, %(batch)s
           WHERE NOT EXISTS (SELECT FROM deals_pipeline)""",
        name=FIRST_PIPELINE,
    )


def _make_stages(load: Load, stages: dict[str, list[str]]) -> int:
    """The stages the file names and their pipeline has not, behind those it has: open ones, then won, then lost.

    Probabilities rise evenly over the open stages of a new pipeline.
    """
    wanted = [
        {"name": name, "status": status, "rank": rank}
        for status, names in stages.items()
        for rank, name in enumerate(names)
    ]
    pipeline = "lower(p.name) = lower(s.pipeline)" if load.has("pipeline") else "false"
    return load.run(
        f"""WITH first AS (SELECT id FROM deals_pipeline ORDER BY position, id LIMIT 1),
            listed AS (SELECT name, status, rank FROM
                       jsonb_to_recordset(%(wanted)s) AS w(name text, status text, rank int)),
            used AS (SELECT DISTINCT ON (coalesce(p.id, first.id), lower(s.stage)) coalesce(p.id, first.id) AS pipeline_id,
                            s.stage AS name, s.line
                     FROM staged s CROSS JOIN first LEFT JOIN deals_pipeline p ON {pipeline}
                     WHERE s.stage IS NOT NULL
                     ORDER BY coalesce(p.id, first.id), lower(s.stage), s.line),
            wanted AS (SELECT pipeline_id, name, line FROM used
                       UNION ALL SELECT DISTINCT u.pipeline_id, l.name, NULL::bigint FROM used u, listed l
                       WHERE NOT EXISTS (SELECT FROM used x WHERE x.pipeline_id = u.pipeline_id
                                         AND lower(x.name) = lower(l.name))),
            fresh AS (SELECT w.pipeline_id, coalesce(l.name, w.name) AS name, coalesce(l.rank, 1000) AS rank, w.line,
                             coalesce(l.status, CASE WHEN lower(w.name) = ANY(%(won)s) THEN 'won'
                                                     WHEN lower(w.name) = ANY(%(lost)s) THEN 'lost'
                                                     ELSE 'open' END) AS status
                      FROM wanted w LEFT JOIN listed l ON lower(l.name) = lower(w.name)
                      WHERE NOT EXISTS (SELECT FROM deals_stage g WHERE g.pipeline_id = w.pipeline_id
                                        AND lower(g.name) = lower(w.name))),
            placed AS (SELECT *, row_number() OVER (PARTITION BY pipeline_id ORDER BY
                              array_position(ARRAY['open', 'won', 'lost'], status), rank, line) AS n,
                              row_number() OVER (PARTITION BY pipeline_id, status ORDER BY rank, line) AS step,
                              count(*) OVER (PARTITION BY pipeline_id, status) AS steps FROM fresh)
            INSERT INTO deals_stage (pipeline_id, name, position, status, probability, batch)
            SELECT pipeline_id, name, n + (SELECT coalesce(max(position), 0) FROM deals_stage g
                                           WHERE g.pipeline_id = placed.pipeline_id),
                   status, CASE status WHEN 'won' THEN 100 WHEN 'lost' THEN 0
                                       ELSE round(100.0 * step / (steps + 1)) END, %(batch)s FROM placed""",
        wanted=json.dumps(wanted),
        won=[*WON_WORDS, "thắng", "thành công", "đã thắng", "chốt"],
        lost=[*LOST_WORDS, "thất bại", "mất", "đã mất", "hủy", "huỷ"],
    )


def _infer_history(load: Load) -> None:
    """A new deal began in its pipeline's first stage and went straight to its present one; a changed one moved on."""
    load.run(
        f"""CREATE TEMP TABLE begun ON COMMIT DROP AS
            SELECT d.id, d.stage_id, coalesce(d.created_at, %(at)s) AS began, d.owner_id,
                   greatest(coalesce(d.closed_at, d.created_at, %(at)s), coalesce(d.created_at, %(at)s)) AS moved,
                   (SELECT id FROM deals_stage e WHERE e.pipeline_id = d.pipeline_id ORDER BY position LIMIT 1) AS entry
            FROM fate f JOIN {DEAL} d ON d.id = f.id WHERE f.status = 'created';
            INSERT INTO deals_stagechange (deal_id, from_stage_id, to_stage_id, at, by_id, reason, inferred, batch)
            SELECT id, NULL, entry, began, NULL, '', true, %(batch)s FROM begun ORDER BY id;
            INSERT INTO deals_stagechange (deal_id, from_stage_id, to_stage_id, at, by_id, reason, inferred, batch)
            SELECT id, entry, stage_id, moved, NULL, '', true, %(batch)s FROM begun WHERE stage_id <> entry ORDER BY id;
            INSERT INTO deals_stagechange (deal_id, from_stage_id, to_stage_id, at, by_id, reason, inferred, batch)
            SELECT d.id, b.stage_id, d.stage_id, coalesce(d.closed_at, %(at)s), %(by)s, '', true, %(batch)s
            FROM fate f JOIN {DEAL} d ON d.id = f.id JOIN stage_before b ON b.line = f.line
            WHERE f.status = 'updated' AND b.stage_id <> d.stage_id;
            DROP TABLE begun; DROP TABLE stage_before"""
    )


def load_stage_changes(load: Load) -> None:
    """Write a recorded history: it takes the place of what was inferred, and the deal follows its last change."""
    load.run(
        """INSERT INTO rejected SELECT s.line, 'to_stage', 'unknown', s.to_stage
           FROM staged s JOIN link_deal l ON l.value = s.deal JOIN deals_deal d ON d.id = l.id
           WHERE NOT EXISTS (SELECT FROM deals_stage g WHERE g.pipeline_id = d.pipeline_id
                             AND lower(g.name) = lower(s.to_stage)) ON CONFLICT DO NOTHING;
           CREATE TEMP TABLE steps ON COMMIT DROP AS
           SELECT s.line, l.id AS deal_id, g.id AS to_stage_id FROM staged s JOIN link_deal l ON l.value = s.deal
           JOIN deals_deal d ON d.id = l.id
           JOIN deals_stage g ON g.pipeline_id = d.pipeline_id AND lower(g.name) = lower(s.to_stage);
           CREATE INDEX ON steps (line); ANALYZE steps"""
    )
    make_fate(
        load,
        sequence="deals_stagechange_id_seq",
        match="""SELECT s.line, min(c.id) AS id FROM staged s JOIN steps p ON p.line = s.line
                 JOIN deals_stagechange c ON c.deal_id = p.deal_id AND c.to_stage_id = p.to_stage_id AND c.at = s.at
                 AND NOT c.inferred GROUP BY s.line""",
    )
    _drop_inferred(load)
    joins = "JOIN steps p ON p.line = s.line" + (
        " LEFT JOIN link_by lb ON lb.value = s.by" if load.has("by") else ""
    )
    fresh = {"deal_id": "p.deal_id", "to_stage_id": "p.to_stage_id", "at": "s.at", "inferred": "false"}
    fresh |= {
        "reason": f"coalesce({load.value('reason')}, '')",
        "by_id": "lb.id" if load.has("by") else "NULL",
    }
    insert_created(load, table="deals_stagechange", columns=fresh, joins=joins)
    _follow_history(load)


def _drop_inferred(load: Load) -> None:
    touched = "SELECT p.deal_id FROM steps p JOIN fate f ON f.line = p.line"
    load.run(
        f"""INSERT INTO before_images SELECT 'deals_stagechange', c.id, to_jsonb(c), true FROM deals_stagechange c
            WHERE c.inferred AND c.deal_id IN ({touched});
            DELETE FROM deals_stagechange c WHERE c.inferred AND c.deal_id IN ({touched})"""
    )


def _follow_history(load: Load) -> None:
    """Join each change to the one before it, and bring the deals to where their history ends."""
    load.run(
        """CREATE TEMP TABLE touched ON COMMIT DROP AS
            SELECT DISTINCT p.deal_id AS id FROM steps p JOIN fate f ON f.line = p.line WHERE f.status = 'created'"""
    )
    # Only the tie to the change before it is rewritten, never what was recorded. pgtrigger adds a parameter of its
    # own to the statement, which does not go with named ones: this one has none.
    with pgtrigger.ignore("deals.StageChange:append_only"):
        load.cursor.execute(
            """WITH joined AS (SELECT c.id, lag(c.to_stage_id) OVER (PARTITION BY c.deal_id ORDER BY c.at, c.id) AS before
                            FROM deals_stagechange c WHERE c.deal_id IN (SELECT id FROM touched))
            UPDATE deals_stagechange c SET from_stage_id = joined.before FROM joined
            WHERE joined.id = c.id AND c.from_stage_id IS DISTINCT FROM joined.before"""
        )
    load.run(
        f"""CREATE TEMP TABLE ends ON COMMIT DROP AS
            SELECT DISTINCT ON (c.deal_id) c.deal_id AS id, c.to_stage_id AS stage_id,
                   CASE WHEN g.status <> 'open' THEN c.at END AS closed_at,
                   min(c.at) OVER (PARTITION BY c.deal_id) AS began
            FROM deals_stagechange c JOIN deals_stage g ON g.id = c.to_stage_id
            WHERE c.deal_id IN (SELECT id FROM touched) ORDER BY c.deal_id, c.at DESC, c.id DESC;
            INSERT INTO before_images SELECT '{DEAL}', d.id, to_jsonb(d), false FROM {DEAL} d JOIN ends e ON e.id = d.id
            WHERE (d.stage_id, d.closed_at) IS DISTINCT FROM (e.stage_id, e.closed_at) OR d.created_at IS NULL;
            UPDATE {DEAL} d SET stage_id = e.stage_id, closed_at = e.closed_at,
                   created_at = coalesce(d.created_at, e.began), version = d.version + 1, updated_at = %(at)s
            FROM ends e WHERE e.id = d.id AND ((d.stage_id, d.closed_at) IS DISTINCT FROM (e.stage_id, e.closed_at)
                                               OR d.created_at IS NULL);
            DROP TABLE touched; DROP TABLE ends"""
    )


def link_interactions(load: Load) -> None:
    """Tie the loaded interactions to the deals their lines name."""
    load.run(
        """INSERT INTO deals_dealinteraction (deal_id, interaction_id, at)
           SELECT l.id, f.id, t.at FROM staged s JOIN fate f ON f.line = s.line JOIN link_deal l ON l.value = s.deal
           JOIN timeline_interaction t ON t.id = f.id ON CONFLICT DO NOTHING"""
    )

"""The scores of a lake's customers on an engine, as JSON: one more process, since a process has one Spark.

python -m tests.lake.on_an_engine FOLDER ENGINE
"""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from rapport.analytics import purchases, rfm
from rapport.lake import engines
from rapport.lake.store import Lake

AS_OF = date(2026, 3, 16)


def scores(folder: Path, engine: str) -> dict[str, Any]:
    """Every customer with score and segment, and on how many machines they were computed."""
    with engines.open(engine, Lake(folder), currency="VND") as facts:
        bought = purchases.read(facts, as_of=AS_OF, keep=engines.kept)
        told = rfm.traits(bought.days, as_of=AS_OF, keep=engines.kept).order_by("person_id").to_pyarrow()
        return {"rows": json.loads(json.dumps(told.to_pylist(), default=str)), "executors": executors(facts.orders)}


def executors(table: Any) -> int:
    """How many workers the engine of a table has, beside the one that asks."""
    session = getattr(table.get_backend(), "_session", None)
    return len(session.sparkContext._jsc.sc().statusTracker().getExecutorInfos()) - 1 if session else 0


if __name__ == "__main__":
    print(json.dumps(scores(Path(sys.argv[1]), sys.argv[2])))

"""Any number, counted on the spot from the lake as it is, with the names that the lake does not know.

Loads the engines: a process that shows lists and forms alone imports this where it is first asked for.
"""

from datetime import date

from rapport.insight import refresh, results
from rapport.insight.answering import METRICS, Answer
from rapport.insight.answers.options import Options
from rapport.insight.colleagues import named
from rapport.insight.running import Wish


def ask(name: str, *, as_of: date, options: Options) -> Answer:
    """What a metric says as of a day, as plain JSON with names filled in; the lake must be there.

    Raises EngineNotThere, PipelineUnknown, KeyError for a metric that there is not.
    """
    with refresh.opened(Wish(as_of=as_of), options=options) as work:
        found: Answer = results.plain(METRICS[name].answer(work))
    return named(found)

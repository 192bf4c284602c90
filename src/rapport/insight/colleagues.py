"""The names of owners and teams in an answer: kept answers hold their numbers alone."""

from typing import Any

from rapport.identity.models import Team, User

MODELS = {"owner": User, "team": Team}


def named(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with the `name` of each group that is an owner or a team; as it is where there is none.

    A name that is not found stays empty. One query at most.
    """
    model = MODELS.get(str(answer.get("by") or answer.get("compared_by") or ""))
    heads = _heads(answer)
    if model is None or not heads:
        return answer
    known = model._default_manager.in_bulk([each["id"] for each in heads if each.get("id") is not None])
    for each in heads:
        found = known.get(each.get("id"))
        each["name"] = str(found) if found is not None else ""
    return answer


def _heads(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Every place of the answer that stands for a group."""
    groups = list(answer.get("groups", []))
    stages = [*answer.get("stages", []), *(each for one in answer.get("pipelines", []) for each in one["stages"])]
    return groups + [each["best"] for each in stages if each.get("best")]

"""Which of the models here are tracked, and why the others are not; see `history.tracking`."""

from rapport.history.tracking import Tracking

TRACKED: tuple[Tracking, ...] = ()
UNTRACKED: dict[str, str] = {
    "lists.savedview": "A question, not a record.",
    "lists.bulkrun": "Kept by the machine; the audit log says who began and undid it.",
    "lists.bulkrow": "What a run did to each record, which the record's own history tells as well.",
    "lists.firstview": "With what a list begins for one user.",
}

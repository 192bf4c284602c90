"""Which of the models here are tracked, and why the others are not; see `history.tracking`."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.history.tracking import Tracking

TRACKED = (
    Tracking("people.person", _("Person")),
    Tracking("people.company", _("Company")),
    Tracking(
        "people.affiliation",
        pgettext_lazy("job", "Post"),
        whole="person",
        other="company",
        titles=("person", "company"),
    ),
    Tracking(
        "people.companylink",
        _("Link between companies"),
        whole="from_company",
        other="to_company",
        titles=("from_company", "kind", "to_company"),
    ),
    Tracking("people.contactpoint", _("Contact point"), whole="person", titles=("kind", "value")),
)
UNTRACKED: dict[str, str] = {
    "people.merge": "It is itself the log of merges, and holds what was before.",
    "people.twins": "Found by a job, anew each night.",
    "people.twinsearch": "When the job last looked for twins.",
    "people.notthesame": "It says itself who and when.",
    "people.suppression": "Hashes of those who are not to be known; nobody may be found through their history.",
    "people.suppressionsalt": "A secret.",
    "people.privacyterm": "Its changes are in the audit log: it has no number.",
    "people.privacyrequest": "Its steps are in the audit log, and it must not outlive an erasure.",
}

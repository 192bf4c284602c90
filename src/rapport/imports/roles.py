"""Roles as files of colleagues name them: those that there are, by code or name, and usual words for the built-in ones.

What is written wins over what is merely alike: a code or a name as it stands, then the same without accents, then a
usual word. A word that means two roles means none.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.utils import translation

from rapport.core.text import tidy, words
from rapport.identity import queries
from rapport.identity.models import Role, RoleCode

USUAL = {
    "admin": "administrator", "quan tri": "administrator", "quan tri vien": "administrator",
    "sales manager": "manager", "quan ly": "manager", "truong nhom": "manager", "truong phong": "manager",
    "salesperson": "seller", "sales": "seller", "sales agent": "seller", "sales rep": "seller",
    "nhan vien kinh doanh": "seller", "kinh doanh": "seller", "ban hang": "seller", "nhan vien ban hang": "seller",
    "marketing": "marketer", "tiep thi": "marketer", "nhan vien tiep thi": "marketer",
    "service staff": "service", "support": "service", "cham soc khach hang": "service", "dich vu": "service",
    "nhan vien dich vu": "service", "nhan vien cham soc khach hang": "service",
    "nguoi xem": "viewer", "chi xem": "viewer", "xem": "viewer",
}  # fmt: skip
LANGUAGES = ("vi", "en")


class Reader:
    """Reads roles in cells; the roles are those there were when it was made."""

    def __init__(self, roles: Iterable[Role]) -> None:
        self._written: dict[str, set[str]] = defaultdict(set)
        self._alike: dict[str, set[str]] = defaultdict(set)
        for role in roles:
            for name in (role.code, *names(role)):
                self._written[tidy(name).casefold()].add(role.code)
                self._alike[_folded(name)].add(role.code)

    def __call__(self, text: str) -> str | None:
        """The code of the role that is meant; None where none is, or more than one."""
        for known, key in ((self._written, tidy(text).casefold()), (self._alike, _folded(text))):
            if key in known:
                return next(iter(known[key])) if len(known[key]) == 1 else None
        return USUAL.get(_folded(text))


def reader() -> Reader:
    """Reads by the roles that there are now; one query."""
    return Reader(queries.roles())


def names(role: Role) -> list[str]:
    """What a role is called: its name, or that of a built-in one in each language."""
    if not role.is_built_in:
        return [role.name]
    found = []
    for language in LANGUAGES:
        with translation.override(language):
            found.append(str(RoleCode(role.code).label))
    return found


def _folded(text: str) -> str:
    return " ".join(words(text))

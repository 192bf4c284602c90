"""The column that holds a record's own fields."""

from typing import Any

from django.db.models import JSONField
from django.utils.translation import gettext_lazy as _


class CustomValues(JSONField):
    """Values by the code of their field; a field without a value has no key. Written through `fields.values` only."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        kwargs.setdefault("db_default", {})
        kwargs.setdefault("blank", True)
        kwargs.setdefault("verbose_name", _("Own fields"))
        super().__init__(**kwargs)

"""What is done to the definitions of own fields, one function for each intent."""

from rapport.fields.actions.defining import (
    WrongDefinition,
    add_field,
    change_field,
    forget_role,
    move_field,
    restore_field,
    retire_field,
)
from rapport.fields.actions.turning import NotItsName, change_choices, change_type, delete_field

__all__ = [
    "NotItsName",
    "WrongDefinition",
    "add_field",
    "change_choices",
    "change_field",
    "change_type",
    "delete_field",
    "forget_role",
    "move_field",
    "restore_field",
    "retire_field",
]

"""What is done to people and companies, one function for each intent.

Every action keeps sort name, search words and the main e-mail and phone in step, bumps the record's version,
writes to the audit log and announces what happened.
"""

from rapport.people.actions.cleaning import WrongValue
from rapport.people.actions.companies import add_company, archive_company, change_company, restore_company
from rapport.people.actions.contact_points import add_contact_point, make_main, remove_contact_point
from rapport.people.actions.links import end_link, link_companies, unlink_companies
from rapport.people.actions.merging import CannotMerge, merge_companies, merge_people
from rapport.people.actions.persons import add_person, archive_person, change_person, restore_person
from rapport.people.actions.posts import end_affiliation, remove_affiliation, set_affiliation
from rapport.people.actions.unmerging import undo_merge

__all__ = [
    "CannotMerge",
    "WrongValue",
    "add_company",
    "add_contact_point",
    "add_person",
    "archive_company",
    "archive_person",
    "change_company",
    "change_person",
    "end_affiliation",
    "end_link",
    "link_companies",
    "make_main",
    "merge_companies",
    "merge_people",
    "remove_affiliation",
    "remove_contact_point",
    "restore_company",
    "restore_person",
    "set_affiliation",
    "undo_merge",
    "unlink_companies",
]

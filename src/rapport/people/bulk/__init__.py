"""People, companies and posts written in sets: the bulk twins of `people.actions`, for imports.

`linking` finds or makes those that rows of other targets name; `persons`, `companies` and `posts` write the rows of
their own targets. `SAID` tells what the search text of a company is made from.
"""

from rapport.people.bulk.companies import SAID, load_companies
from rapport.people.bulk.linking import find_companies, find_people
from rapport.people.bulk.persons import load_people
from rapport.people.bulk.posts import load_affiliations

__all__ = ["SAID", "find_companies", "find_people", "load_affiliations", "load_companies", "load_people"]

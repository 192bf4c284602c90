"""The page for an address that nobody answers to."""

import inspect

from django.views import defaults

# Django's own asks for the form that was sent, to look for a token in it: one that cannot be read would be an error
# within the error. Forms of the page get their token from its template.
not_found = inspect.unwrap(defaults.page_not_found)

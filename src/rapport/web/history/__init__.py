"""The history of a record on its page, of everything for the administrator, and who acts in a request."""

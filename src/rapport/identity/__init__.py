"""Users, teams and roles: who is at work, and what each may see and do.

Every list passes through `visible_to`, every single record through a door of its app's `access.py`; both ask
`identity.access` and nobody else decides.
"""

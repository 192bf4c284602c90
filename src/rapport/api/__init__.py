"""The programs' door: `/api/v1`, the same actions and queries as the pages, as JSON.

`operations` declares an operation and guards it (who calls, scope, rate, body, idempotency); `app` holds them all.
Each object has a module of its own: what it looks like outside, and its operations. Beside `web`, importing nothing
of it.
"""

"""Loading a file in the browser: choose it, match its columns, check it, load it, undo it.

The work itself is done by `rapport.imports`, in the worker; the pages show how far it is.
"""

"""How the parts are put together: settings, URLs, the embedded database, and which job hears which event.

The only package that knows every other; nothing but the command line stands beside it.
"""

"""The command line: `rapport`, a face over the same actions and queries as the web pages."""

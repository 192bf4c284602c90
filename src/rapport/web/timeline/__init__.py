"""The timeline of a record page, put together from every app that has one, and the form that writes on it."""

"""HTML: a request is parsed, passes a door, meets ONE action or query, and a page is rendered. No rules."""

"""Fields of the company's own on pages: in forms of records, among their facts, and their settings."""

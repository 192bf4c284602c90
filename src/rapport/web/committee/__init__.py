"""Pages of buying committees: a deal's own with its stakeholder map, whom we know at a company, their settings."""

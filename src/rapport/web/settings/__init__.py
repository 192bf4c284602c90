"""Settings of the company, its users and its teams: open to administrators alone."""

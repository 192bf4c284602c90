"""How deals are led: pipelines, stages and what they ask for in the settings; a deal's history and documents."""

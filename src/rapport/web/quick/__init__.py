"""Quick entry from every page: a deal, what happened, a task, in a dialog that leaves the page where it is."""

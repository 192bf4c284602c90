"""Pages of lists: filters as chips, columns to choose, views to keep, and the list as a file."""

"""Pages of deals: the list, one deal with its stage bar and timeline, its forms, moving it."""

"""Sign-in: allauth's pages in our frame, and the one-time link of the first administrator."""

"""What builds and checks the project and is not part of it: front end, Chromium, translations."""

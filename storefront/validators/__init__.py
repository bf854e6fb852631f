"""Rules of text and of settings. Nothing here knows a database."""

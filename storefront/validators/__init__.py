"""Rules of text that need no database."""

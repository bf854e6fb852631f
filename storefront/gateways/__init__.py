"""What the storefront keeps outside the database, and the programs that develop pictures."""

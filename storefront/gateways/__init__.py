"""What the storefront talks to: storages, and the programs that develop pictures."""

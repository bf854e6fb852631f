"""Settings by environment: `dev` (laptop and demo), `test`, `production`."""

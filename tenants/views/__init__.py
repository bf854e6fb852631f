"""Pages that belong to no tenant, and what all surfaces share."""

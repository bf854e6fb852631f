"""Uploads of pictures on their way to the catalog: work for a worker, in a table that tenants share."""

"""The database layer: backend (`base`), models that know their scope, access rules, catalog."""

"""What may stand in the settings of a storefront. Nothing here knows a database."""

"""The pages of ordering and following an order."""

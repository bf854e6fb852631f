"""How much one visitor, and all of a tenant's visitors, may submit."""

from tenants.gateways.rate_limits import RateLimit

# Open without Valkey: an order is worth more than the limit.
_AN_ADDRESS = RateLimit("submissions", amount=30, seconds=600, fails_open=True)
_A_TENANT = RateLimit("submissions-all", amount=600, seconds=60, fails_open=True)


def count_submission(address: str) -> None:
    """Count one submission from an IP `address`, replays included. Raises RateLimitedError."""
    _AN_ADDRESS.hit(address)
    _A_TENANT.hit()

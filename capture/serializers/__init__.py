"""What visitors and staff send of orders, and what they are sent."""

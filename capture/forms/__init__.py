"""What visitors send to order."""

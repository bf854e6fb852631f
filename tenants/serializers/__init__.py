"""Fields and shapes that all APIs share."""

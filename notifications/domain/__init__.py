"""What is told to whom about which event."""

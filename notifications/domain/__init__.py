"""What is told to whom about which event, and how it gets there."""

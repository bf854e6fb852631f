"""What may be entered: each takes text from outside and returns it clean, or raises ValidationError."""

"""Assistant: chat, gateway and quota."""

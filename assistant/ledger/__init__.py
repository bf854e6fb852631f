"""The assistant's ledger: usage, call journal and prices, in the public schema."""

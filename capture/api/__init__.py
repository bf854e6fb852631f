"""The API of orders: public and for staff."""

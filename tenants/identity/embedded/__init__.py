"""The engine for which this project is enough: allauth's addresses and second factors, our tokens."""

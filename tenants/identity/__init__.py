"""Who somebody is: signing up, logging in, second factors, tokens.

`port.py` says what an engine does; `embedded/` and `cognito/` do it; `accounts.py` has the verbs that
pages and API call, the same whichever engine is chosen.
"""

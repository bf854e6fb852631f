"""Logging in at another OpenID provider: mozilla-django-oidc's code flow, with everything checked that
the library leaves unchecked.
"""

"""The floor: a plain Django project that serves our storefront's pages for three sites and takes orders.

Stock backend, no tenants, no request log, the middleware that our answer's headers call for. It shares
our templates, messages, static files and rows; `tests.bench.agreement` proves that both answer alike,
by the same statements. Nothing of ours that costs anything at run time may be imported here.
"""

"""Public pages are kept until what they show is changed."""

from django.db import transaction
from django.utils import timezone

from storefront.gateways import pages
from tenants import scopes


def pages_changed() -> None:
    """Have every visitor see what this transaction writes, from the next request after its commit on.

    To be called inside the transaction, before the commit: a process killed right after it has forgotten
    the old pages all the same. Orders don't call it, though they change what is left in stock: pages
    show that anew each time.
    """
    tenant_id = scopes.current_tenant_id()
    token = pages.begin_change(tenant_id, now=timezone.now())
    transaction.on_commit(lambda: pages.end_change(tenant_id, token), robust=True)

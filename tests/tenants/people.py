"""People with passwords, and the codes that are mailed to them."""

import re
from uuid import uuid4

from notifications.queries.mailbox import sent_messages
from notifications.tasks import sweep_messages
from tenants import scopes
from tenants.domain.tenants import get_or_create_user
from tenants.identity.embedded.engine import make_account_ready
from tenants.tasks import sweep_outbox

PASSWORD = "a-long-enough-password"
_CODE = re.compile(r"^\d{6}$", re.MULTILINE)


def new_address() -> str:
    return f"p-{uuid4().hex[:10]}@example.com"


def new_person(**fields):
    """A committed person with a password."""
    with scopes.public():
        made = get_or_create_user(new_address())
        for name, value in fields.items():
            setattr(made, name, value)
        make_account_ready(made, PASSWORD)
    return made


def mails_to(email):
    """What was mailed to an address, newest first."""
    sweep_outbox()
    sweep_messages()
    return sent_messages(to=email)


def mailed_code(email):
    """The newest code."""
    return _CODE.findall(mails_to(email)[0].text)[0]


def log_in(client, email, password=PASSWORD, **fields):
    return client.post("/login/", {"email": email, "password": password, **fields})


def arabic(text):
    """The digits as an Arabic keyboard writes them."""
    return text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))


def said(response, *varying):
    """A page without what differs from one request to the next."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.text)
    for one in varying:
        text = text.replace(one, "…")
    return text

"""E-mail: over SMTP, or kept in the embedded mailbox."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from notifications.models import Message


def send(message: Message) -> None:
    """Hand the message to the mail server of `EMAIL_URL`; raises what the server or the way to it
    raises. With the embedded mailbox there is nothing to do: the row itself is the mail.
    """
    if not settings.SOUQNA_MAILBOX:
        composed(message).send()


def composed(message: Message) -> EmailMultiAlternatives:
    """The message as it goes out: the same text, HTML and headers, `Message-ID` too, however often."""
    headers = dict(message.headers)
    return EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=headers.pop("From", None),
        to=[message.recipient],
        headers=headers,
        alternatives=[(message.html, "text/html")] if message.html else None,
    )

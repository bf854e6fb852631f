"""E-mail: over SMTP, or kept in the embedded mailbox."""

from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from notifications.models import Message

#: RFC 5321: the service is closing its channel; the first digit of what will never succeed.
_CLOSING = 421
_PERMANENT = 5


def send(message: Message) -> None:
    """Hand the message to the mail server of `EMAIL_URL`; raises what the server or the way to it
    raises. With the embedded mailbox there is nothing to do: the row itself is the mail.
    """
    if not settings.SOUQNA_MAILBOX:
        composed(message).send()


def is_refused_for_good(error: Exception) -> bool:
    """Whether the server will never take this message (5xx): there is no such recipient, or the content
    isn't wanted.
    """
    match error:
        case SMTPRecipientsRefused(recipients=recipients):
            return all(_is_permanent(code) for code, _text in recipients.values())
        case SMTPDataError(smtp_code=code):
            return _is_permanent(code)
    return False


def is_unreachable(error: Exception) -> bool:
    """Whether no server took us in, or it closed on us (421): another message would fare no better."""
    match error:
        case SMTPRecipientsRefused(recipients=recipients):
            return any(code == _CLOSING for code, _text in recipients.values())
        case SMTPConnectError() | SMTPHeloError() | SMTPAuthenticationError():
            return True
        case SMTPResponseException(smtp_code=code):
            return code == _CLOSING
        case SMTPServerDisconnected():
            return True
    return isinstance(error, OSError) and not isinstance(error, SMTPException)


def _is_permanent(code: int) -> bool:
    return code // 100 == _PERMANENT


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

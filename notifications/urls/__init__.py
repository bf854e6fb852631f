"""The mailbox's addresses, below `mailbox/` on `app.`."""

from django.urls import path

from notifications.views import mailbox

urlpatterns = [
    path("", mailbox.mailbox, name="mailbox"),
    path("messages.json", mailbox.messages, name="mailbox-messages"),
    path("<uuid:message_id>/", mailbox.message, name="mailbox-message"),
    path("<uuid:message_id>/html/", mailbox.html, name="mailbox-message-html"),
]

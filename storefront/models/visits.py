"""Visits: where a storefront's visitors come from."""

from typing import ClassVar

from django.db import models

from storefront.enums import Channel
from tenants.db.models import TenantModel

#: The most characters of a campaign's parameter, and of an address without its query.
LONGEST_PARAMETER = 150
LONGEST_ADDRESS = 300


class Visit(TenantModel):
    """What one visitor did within half an hour of one campaign (docs/metrics.md has the words).

    Written some seconds after the fact, again and again while it lasts. `visitor` is a hash that can't be
    traced back once its day is over; no address is kept. Empty texts: there was none.
    """

    # Made with the request; the first 48 bits are its time, so that new rows lie together.
    id = models.UUIDField(primary_key=True, editable=False)
    visitor = models.BinaryField(max_length=16)
    started_at = models.DateTimeField()
    #: The tenants' day of `started_at`, stored: what is counted by day needs no arithmetic.
    local_day = models.DateField()
    last_seen_at = models.DateTimeField()
    pageviews = models.PositiveIntegerField(default=1)
    landing_path = models.CharField(max_length=LONGEST_ADDRESS)
    language = models.CharField(max_length=2, blank=True, default="")
    referrer_host = models.CharField(max_length=255, blank=True, default="")
    referrer = models.CharField(max_length=LONGEST_ADDRESS, blank=True, default="")
    utm_source = models.CharField(max_length=LONGEST_PARAMETER, blank=True, default="")
    utm_medium = models.CharField(max_length=LONGEST_PARAMETER, blank=True, default="")
    utm_campaign = models.CharField(max_length=LONGEST_PARAMETER, blank=True, default="")
    utm_term = models.CharField(max_length=LONGEST_PARAMETER, blank=True, default="")
    utm_content = models.CharField(max_length=LONGEST_PARAMETER, blank=True, default="")
    click_kind = models.CharField(max_length=12, blank=True, default="")
    click_id = models.CharField(max_length=255, blank=True, default="")
    #: What the visit is counted under: the campaign's source, the ad's, the referrer's or `(direct)`.
    source = models.CharField(max_length=255)
    channel = models.CharField(max_length=32, choices=Channel.choices)
    is_bot = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        """Django's options."""

        db_table = "utm_visits"
        # The one besides the key. Days come in the order of the rows, so a period is a few pages in a
        # row, and sources and campaigns are counted on the way through them.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["local_day"], name="utm_visits_day")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(channel__in=Channel.values), name="utm_visits_channel"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.local_day} {self.source}"

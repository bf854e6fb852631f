"""Google Analytics 4's default channel groups: a table, the first match wins.

https://support.google.com/analytics/answer/9756891, as of November 2026. GA4 doesn't mind case, nor do
we; which sites are of which kind is `sites.py`'s to say.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from storefront.domain.sites import Kind, site_of
from storefront.enums import Channel

#: What GA4 writes where nothing is known.
DIRECT_SOURCE = "(direct)"
NONE = "(none)"
NOT_SET = "(not set)"


@dataclass(frozen=True, slots=True)
class Source:
    """The source is a site of this kind."""

    kind: Kind

    def holds(self, traffic: "Traffic") -> bool:
        """Whether it is."""
        site = site_of(traffic.source)
        return site is not None and site.kind is self.kind


@dataclass(frozen=True, slots=True)
class Text:
    """A field of the traffic matches a pattern, as a whole."""

    field: str
    pattern: str

    def holds(self, traffic: "Traffic") -> bool:
        """Whether it does."""
        return re.fullmatch(self.pattern, getattr(traffic, self.field)) is not None


@dataclass(frozen=True, slots=True)
class Traffic:
    """Source, medium and campaign, in small letters."""

    source: str
    medium: str
    campaign: str


#: Any of these tests; a rule asks for all of its clauses.
Clause = tuple[Source | Text, ...]


def _one_of(field: str, *words: str) -> Text:
    return Text(field, "|".join(map(re.escape, words)))


_PAID: Clause = (Text("medium", r".*cp.*|ppc|retargeting|paid.*"),)
_SHOPPING: Clause = (
    Source(Kind.SHOPPING),
    Text("campaign", r".*(([^a-df-z]|^)shop|shopping).*"),
)
_MAIL = ("email", "e-mail", "e_mail", "e mail")
_SOCIAL = ("social", "social-network", "social-media", "sm", "social network", "social media")
_BANNERS = ("display", "banner", "expandable", "interstitial", "cpm")

RULES: tuple[tuple[Channel, tuple[Clause, ...]], ...] = (
    (
        Channel.DIRECT,
        ((_one_of("source", DIRECT_SOURCE),), (_one_of("medium", NONE, NOT_SET),)),
    ),
    (Channel.CROSS_NETWORK, ((Text("campaign", ".*cross-network.*"),),)),
    (Channel.PAID_SHOPPING, (_SHOPPING, _PAID)),
    (Channel.PAID_SEARCH, ((Source(Kind.SEARCH),), _PAID)),
    (Channel.PAID_SOCIAL, ((Source(Kind.SOCIAL),), _PAID)),
    (Channel.PAID_VIDEO, ((Source(Kind.VIDEO),), _PAID)),
    (Channel.DISPLAY, ((_one_of("medium", *_BANNERS),),)),
    (Channel.PAID_OTHER, (_PAID,)),
    (Channel.ORGANIC_SHOPPING, (_SHOPPING,)),
    (Channel.ORGANIC_SOCIAL, ((Source(Kind.SOCIAL), _one_of("medium", *_SOCIAL)),)),
    (Channel.ORGANIC_VIDEO, ((Source(Kind.VIDEO), Text("medium", ".*video.*")),)),
    (Channel.ORGANIC_SEARCH, ((Source(Kind.SEARCH), _one_of("medium", "organic")),)),
    (Channel.REFERRAL, ((_one_of("medium", "referral", "app", "link"),),)),
    (Channel.EMAIL, ((_one_of("source", *_MAIL), _one_of("medium", *_MAIL)),)),
    (Channel.AFFILIATES, ((_one_of("medium", "affiliate", "affiliates"),),)),
    (Channel.AUDIO, ((_one_of("medium", "audio"),),)),
    (Channel.SMS, ((_one_of("source", "sms"), _one_of("medium", "sms")),)),
    (
        Channel.PUSH,
        ((Text("medium", ".*push|.*mobile.*|.*notification.*"), _one_of("source", "firebase")),),
    ),
)


@lru_cache(maxsize=1024)
def channel_of(source: str, medium: str, campaign: str = "") -> Channel:
    """The channel of this traffic; `(direct)`, `(none)` and `(not set)` stand for what is not known."""
    traffic = Traffic(source.lower(), medium.lower(), campaign.lower())
    for channel, clauses in RULES:
        if all(any(test.holds(traffic) for test in clause) for clause in clauses):
            return channel
    return Channel.UNASSIGNED

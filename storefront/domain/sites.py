"""Sites that send visitors: search engines, social media, video, shopping. Our own table, by the names
that links are tagged with and the hosts that browsers report.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache


class Kind(Enum):
    """What a site is, in the eyes of the channel table."""

    SEARCH = "search"
    SOCIAL = "social"
    VIDEO = "video"
    SHOPPING = "shopping"


@dataclass(frozen=True, slots=True)
class Site:
    """A site: the name it is counted under, other names of it in tags, and its hosts (each with those
    below it). Android's apps report their package as a host.
    """

    name: str
    kind: Kind
    hosts: tuple[str, ...]
    aliases: tuple[str, ...] = ()


_S, _F, _V, _B = Kind.SEARCH, Kind.SOCIAL, Kind.VIDEO, Kind.SHOPPING

SITES = (
    # google.com itself and its countries' hosts are `_GOOGLE`'s: docs.google.com is no search.
    Site("google", _S, ("com.google.android.googlequicksearchbox",), ("google ads", "googleads")),
    Site("bing", _S, ("bing.com",), ("microsoft",)),
    Site("yahoo", _S, ("search.yahoo.com", "yahoo.com", "yahoo.co.jp")),
    Site("duckduckgo", _S, ("duckduckgo.com", "com.duckduckgo.mobile.android")),
    Site("yandex", _S, ("yandex.ru", "yandex.com", "ya.ru")),
    Site("baidu", _S, ("baidu.com",)),
    Site("ecosia", _S, ("ecosia.org",)),
    Site("brave", _S, ("search.brave.com",)),
    Site("qwant", _S, ("qwant.com",)),
    Site("startpage", _S, ("startpage.com",)),
    Site("naver", _S, ("search.naver.com", "naver.com")),
    Site("petal", _S, ("petalsearch.com",), ("petalsearch",)),
    Site("aol", _S, ("search.aol.com", "aol.com")),
    Site("ask", _S, ("ask.com",)),
    Site("msn", _S, ("msn.com",)),
    Site("seznam", _S, ("seznam.cz",)),
    Site("sogou", _S, ("sogou.com",)),
    Site("facebook", _F, ("facebook.com", "fb.com", "fb.me", "com.facebook.katana"), ("fb",)),
    Site("messenger", _F, ("messenger.com", "m.me", "com.facebook.orca"), ("msg",)),
    Site("instagram", _F, ("instagram.com", "com.instagram.android"), ("ig", "insta")),
    Site("threads", _F, ("threads.net", "threads.com"), ("th",)),
    Site("whatsapp", _F, ("whatsapp.com", "wa.me", "wa.link", "com.whatsapp"), ("wa",)),
    Site("snapchat", _F, ("snapchat.com", "com.snapchat.android"), ("snap", "sc")),
    Site("tiktok", _F, ("tiktok.com", "com.zhiliaoapp.musically"), ("tt",)),
    Site("twitter", _F, ("twitter.com", "x.com", "t.co", "com.twitter.android"), ("x",)),
    Site(
        "telegram", _F, ("telegram.org", "telegram.me", "t.me", "org.telegram.messenger"), ("tg",)
    ),
    Site("linkedin", _F, ("linkedin.com", "lnkd.in", "com.linkedin.android")),
    Site("pinterest", _F, ("pinterest.com", "pin.it", "com.pinterest")),
    Site("reddit", _F, ("reddit.com", "redd.it", "com.reddit.frontpage")),
    Site("bluesky", _F, ("bsky.app",)),
    Site("discord", _F, ("discord.com", "discord.gg")),
    Site("quora", _F, ("quora.com",)),
    Site("tumblr", _F, ("tumblr.com",)),
    Site("vk", _F, ("vk.com", "vk.ru")),
    Site("weibo", _F, ("weibo.com", "weibo.cn")),
    Site("wechat", _F, ("wechat.com", "weixin.qq.com")),
    Site("youtube", _V, ("youtube.com", "youtu.be", "com.google.android.youtube"), ("yt",)),
    Site("vimeo", _V, ("vimeo.com",)),
    Site("dailymotion", _V, ("dailymotion.com", "dai.ly")),
    Site("twitch", _V, ("twitch.tv",)),
    Site("netflix", _V, ("netflix.com",)),
    Site("shahid", _V, ("shahid.mbc.net",)),
    Site("google shopping", _B, ("shopping.google.com",), ("google_shopping", "shopping")),
    Site("amazon", _B, ("amazon.com", "amazon.ae", "amazon.sa", "amazon.eg", "amazon.co.uk")),
    Site("ebay", _B, ("ebay.com", "ebay.co.uk")),
    Site("etsy", _B, ("etsy.com",)),
    Site("aliexpress", _B, ("aliexpress.com",)),
    Site("alibaba", _B, ("alibaba.com",)),
    Site("walmart", _B, ("walmart.com",)),
    Site("noon", _B, ("noon.com",)),
    Site("shopify", _B, ("shopify.com", "shop.app")),
)
_BY_HOST = {host: site for site in SITES for host in site.hosts}
_BY_NAME = {name: site for site in SITES for name in (site.name, *site.aliases)}
_GOOGLE = re.compile(r"(?:www\.|m\.)?google\.(?:com?\.)?[a-z]{2,3}\Z")


@lru_cache(maxsize=1024)
def site_of(name: str) -> Site | None:
    """The site that a source names in small letters: by its name, an alias, or a host of it."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    if _GOOGLE.match(name):
        return _BY_NAME["google"]
    labels = name.split(".")
    parents = (".".join(labels[start:]) for start in range(min(len(labels), 5)))
    return next((_BY_HOST[host] for host in parents if host in _BY_HOST), None)

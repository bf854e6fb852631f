"""Google Analytics 4's default channel groups, case by case: address, referrer, and what they say."""

import pytest

from storefront.domain.arrivals import arrival_of
from storefront.domain.channels import channel_of

SHOP = "oud-house.souqna.example"
GCLID = "gclid=Cj0KCQiA6Ou5BhCrARIsAPoTxrCk3b0aR_example_EALw_wcB"
FBCLID = "fbclid=IwY2xjawHZ1qVleHRuA2FlbQIxMAABHQ_example_aem_Qk3n2Yx"

# The query of the landing page, the referrer, then channel and source.
ARRIVALS = [
    # Nothing known
    ("", "", "Direct", "(direct)"),
    ("page=2&kind=product", "", "Direct", "(direct)"),
    ("", f"https://{SHOP}/ar/items/", "Direct", "(direct)"),
    ("utm_source=(direct)&utm_medium=(none)", "", "Direct", "(direct)"),
    # Google Ads
    (GCLID, "", "Paid Search", "google"),
    (
        f"gad_source=1&gad_campaignid=21894&{GCLID}",
        "https://www.google.com/",
        "Paid Search",
        "google",
    ),
    (f"{GCLID}&utm_source=google&utm_medium=cpc&utm_campaign=oud_kw", "", "Paid Search", "google"),
    (f"utm_source=google&{GCLID}", "", "Paid Search", "google"),
    ("gbraid=0AAAAAo4mICGb2example&gad_source=1", "", "Paid Search", "google"),
    ("wbraid=Cj8KCAjw_example", "", "Paid Search", "google"),
    ("utm_source=google&utm_medium=CPC", "", "Paid Search", "google"),
    ("utm_source=Google&utm_medium=ppc&utm_term=%D8%AF%D9%87%D9%86", "", "Paid Search", "google"),
    (
        f"{GCLID}&utm_source=google&utm_medium=cpc&utm_campaign=PMax%20cross-network%20KW",
        "",
        "Cross-network",
        "google",
    ),
    (
        f"{GCLID}&utm_source=google&utm_medium=cpc&utm_campaign=shopping_kuwait",
        "",
        "Paid Shopping",
        "google",
    ),
    ("dclid=COrC4_example&utm_source=dv360&utm_medium=display", "", "Display", "dv360"),
    ("dclid=COrC4_example", "", "Display", "google"),
    ("utm_source=google&utm_medium=display&utm_campaign=gdn", "", "Display", "google"),
    ("utm_source=gdn&utm_medium=banner", "", "Display", "gdn"),
    ("utm_source=taboola&utm_medium=cpm", "", "Display", "taboola"),
    ("utm_source=criteo&utm_medium=retargeting", "", "Paid Other", "criteo"),
    ("utm_source=taboola&utm_medium=cpc", "", "Paid Other", "taboola"),
    ("utm_source=influencer&utm_medium=paid", "", "Paid Other", "influencer"),
    ("utm_source=youtube&utm_medium=cpv", "https://www.youtube.com/", "Paid Video", "youtube"),
    ("utm_source=youtube&utm_medium=paid_video", "", "Paid Video", "youtube"),
    (f"utm_source=youtube.com&utm_medium=cpc&{GCLID}", "", "Paid Video", "youtube.com"),
    # Microsoft, Yandex
    ("msclkid=6f1a2b3c4d5e6f708192a3b4c5d6e7f8", "", "Paid Search", "bing"),
    (
        "utm_source=bing&utm_medium=cpc&msclkid=6f1a2b3c",
        "https://www.bing.com/",
        "Paid Search",
        "bing",
    ),
    ("yclid=1234567890123456789", "https://yandex.ru/", "Paid Search", "yandex"),
    # Meta
    (FBCLID, "", "Organic Social", "facebook"),
    (FBCLID, "https://l.facebook.com/", "Organic Social", "facebook"),
    (FBCLID, "https://lm.facebook.com/l.php?u=https%3A%2F%2Fexample", "Organic Social", "facebook"),
    (FBCLID, "https://l.instagram.com/", "Organic Social", "instagram"),
    (f"utm_source=facebook&utm_medium=paid_social&{FBCLID}", "", "Paid Social", "facebook"),
    (f"utm_source=fb&utm_medium=paid&utm_campaign=120211&{FBCLID}", "", "Paid Social", "fb"),
    (
        f"utm_source=ig&utm_medium=paid&utm_content=Instagram_Stories&{FBCLID}",
        "",
        "Paid Social",
        "ig",
    ),
    (
        f"utm_source=facebook&utm_medium=cpc&{FBCLID}",
        "https://m.facebook.com/",
        "Paid Social",
        "facebook",
    ),
    ("utm_source=facebook&utm_medium=cpm", "", "Paid Social", "facebook"),
    ("utm_source=an&utm_medium=paid", "", "Paid Other", "an"),
    (
        "utm_source=ig&utm_medium=social&utm_content=link_in_bio&" + FBCLID,
        "",
        "Organic Social",
        "ig",
    ),
    ("igsh=MzRlODBiNWFlZA%3D%3D", "", "Organic Social", "instagram"),
    ("igshid=YmMyMTA2M2Y=", "https://l.instagram.com/", "Organic Social", "instagram"),
    ("", "https://www.instagram.com/oud.house.kw/", "Organic Social", "instagram"),
    ("", "android-app://com.instagram.android/", "Organic Social", "instagram"),
    ("", "https://l.threads.com/", "Organic Social", "threads"),
    # Snapchat, TikTok, X, LinkedIn, Pinterest, Reddit
    ("ScCid=1f0a8c1e-6f2d-4a55-9d3c-example", "", "Paid Social", "snapchat"),
    ("utm_source=snapchat&utm_medium=paid&ScCid=1f0a8c1e", "", "Paid Social", "snapchat"),
    ("utm_source=snapchat&utm_medium=story", "", "Organic Social", "snapchat"),
    ("ttclid=E.C.P.CrIBexample", "https://www.tiktok.com/", "Paid Social", "tiktok"),
    ("utm_source=tiktok&utm_medium=paid&utm_id=179&ttclid=E.C.P.Cr", "", "Paid Social", "tiktok"),
    ("utm_source=tiktok&utm_medium=bio", "", "Organic Social", "tiktok"),
    ("twclid=2-4x8example", "https://t.co/", "Paid Social", "twitter"),
    ("", "https://t.co/AbCdEf1234", "Organic Social", "twitter"),
    ("li_fat_id=1a2b3c4d-example", "", "Paid Social", "linkedin"),
    ("", "https://lnkd.in/", "Organic Social", "linkedin"),
    ("epik=dj0yJnU9example", "https://www.pinterest.com/", "Organic Social", "pinterest"),
    ("rdt_cid=5124example", "", "Paid Social", "reddit"),
    # Messengers
    ("utm_source=whatsapp", "", "Organic Social", "whatsapp"),
    ("utm_source=whatsapp&utm_medium=status&utm_campaign=eid", "", "Organic Social", "whatsapp"),
    ("", "https://wa.me/", "Organic Social", "whatsapp"),
    ("", "https://web.whatsapp.com/", "Organic Social", "whatsapp"),
    ("", "https://t.me/", "Organic Social", "telegram"),
    ("utm_source=telegram&utm_medium=social", "", "Organic Social", "telegram"),
    ("utm_source=newsletter&utm_medium=social-media", "", "Organic Social", "newsletter"),
    # Search, video, shopping, unpaid
    ("", "https://www.google.com/", "Organic Search", "google"),
    ("", "https://www.google.com.kw/", "Organic Search", "google"),
    ("", "https://google.com/search?q=oud", "Organic Search", "google"),
    ("", "android-app://com.google.android.googlequicksearchbox/", "Organic Search", "google"),
    ("", "https://www.bing.com/search?q=oud", "Organic Search", "bing"),
    ("", "https://duckduckgo.com/", "Organic Search", "duckduckgo"),
    ("utm_source=gmb&utm_medium=organic", "https://www.google.com/", "Organic Search", "gmb"),
    ("", "https://www.youtube.com/watch?v=x", "Organic Video", "youtube"),
    ("", "https://youtu.be/", "Organic Video", "youtube"),
    ("utm_source=blog&utm_medium=video-embed", "", "Organic Video", "blog"),
    ("", "https://www.noon.com/", "Organic Shopping", "noon"),
    ("utm_source=flyer&utm_campaign=eid-shop", "", "Organic Shopping", "flyer"),
    ("utm_source=flyer&utm_campaign=bishop-visit", "", "Unassigned", "flyer"),
    ("utm_source=flyer&utm_campaign=workshop", "", "Unassigned", "flyer"),
    ("utm_source=flyer&utm_campaign=eshop", "", "Organic Shopping", "flyer"),
    # Other sites
    ("", "https://www.alqabas.com/article/123?x=1", "Referral", "alqabas.com"),
    ("", "https://docs.google.com/", "Referral", "docs.google.com"),
    ("", "https://notfacebook.com/", "Referral", "notfacebook.com"),
    ("utm_source=linktree&utm_medium=link", "", "Referral", "linktree"),
    ("utm_source=partner&utm_medium=referral", "", "Referral", "partner"),
    # E-mail, affiliates, audio, SMS, push, print
    ("utm_source=newsletter&utm_medium=email&utm_campaign=ramadan", "", "Email", "newsletter"),
    ("utm_source=mailchimp&utm_medium=e-mail", "", "Email", "mailchimp"),
    ("utm_source=email", "", "Email", "email"),
    ("utm_medium=email", "", "Email", "(not set)"),
    ("utm_source=boutiqaat&utm_medium=affiliate", "", "Affiliates", "boutiqaat"),
    ("utm_source=admitad&utm_medium=affiliates", "", "Affiliates", "admitad"),
    ("utm_source=anghami&utm_medium=audio", "", "Audio", "anghami"),
    ("utm_source=sms", "", "SMS", "sms"),
    ("utm_source=zain&utm_medium=SMS", "", "SMS", "zain"),
    ("utm_source=app&utm_medium=web-push", "", "Mobile Push Notifications", "app"),
    ("utm_source=firebase&utm_medium=x", "", "Mobile Push Notifications", "firebase"),
    ("utm_source=flyer&utm_medium=qr&utm_campaign=expo", "", "Unassigned", "flyer"),
    ("utm_campaign=expo", "", "Unassigned", "(not set)"),
    ("utm_campaign=expo", "https://www.google.com/", "Organic Search", "google"),
    # In Arabic
    ("utm_source=%D8%A7%D9%84%D9%86%D8%B4%D8%B1%D8%A9&utm_medium=email", "", "Email", "النشرة"),
    ("utm_source=instagram&utm_medium=paid&utm_campaign=رمضان", "", "Paid Social", "instagram"),
]


@pytest.mark.parametrize(("query", "referrer", "channel", "source"), ARRIVALS)
def test_an_arrival_has_its_channel(query, referrer, channel, source):
    found = arrival_of(path="/ar/", query=query, referrer=referrer, host=SHOP).columns

    assert (found["channel"], found["source"]) == (channel, source)


def test_there_are_enough_cases():
    assert len({(query, referrer) for query, referrer, *_ in ARRIVALS}) >= 60
    assert len({channel for _, _, channel, _ in ARRIVALS}) == 19


@pytest.mark.parametrize(
    ("source", "medium", "campaign", "channel"),
    [
        ("(direct)", "(not set)", "", "Direct"),
        ("(direct)", "email", "", "Email"),
        ("amazon", "cpc", "", "Paid Shopping"),
        ("google", "paidsearch", "", "Paid Search"),
        ("facebook.com", "referral", "", "Organic Social"),
        ("vimeo.com", "ppc", "", "Paid Video"),
        ("anyone", "interstitial", "", "Display"),
        ("anyone", "acp", "", "Paid Other"),
        ("anyone", "app", "", "Referral"),
        ("anyone", "e mail", "", "Email"),
        ("anyone", "mobile-banner", "", "Mobile Push Notifications"),
        ("anyone", "", "", "Unassigned"),
        ("google", "organic", "", "Organic Search"),
        ("google", "organic", "CROSS-NETWORK", "Cross-network"),
    ],
)
def test_the_first_rule_that_matches_counts(source, medium, campaign, channel):
    assert channel_of(source, medium, campaign) == channel

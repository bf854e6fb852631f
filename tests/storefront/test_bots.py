"""Bots are told from people."""

from pathlib import Path

import pytest

from storefront.domain.bots import is_bot

_FILES = Path(__file__).parent / "user_agents"
# What people in Kuwait open links with: browsers, and the browsers inside of apps.
PEOPLE = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Mobile/15E148 Instagram 391.0.0.28.91 (iPhone16,2; iOS 18_6; ar_KW; ar; scale=3.00; 1290x2796;"
    " 771032188; IABMV/1)",
    "Mozilla/5.0 (Linux; Android 15; SM-S928B Build/AP3A.240905.015; wv) AppleWebKit/537.36 (KHTML, like"
    " Gecko) Version/4.0 Chrome/139.0.7258.143 Mobile Safari/537.36 Instagram 391.0.0.40.85 Android"
    " (35/15; 450dpi; 1080x2340; samsung; SM-S928B; e3q; qcom; ar_KW; 765906544; IABMV/1)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Mobile/15E148 [FBAN/FBIOS;FBAV/525.0.0.45.107;FBBV/773014721;FBDV/iPhone15,3;FBMD/iPhone;FBSN/iOS;"
    "FBSV/18.6;FBSS/3;FBID/phone;FBLC/ar_AR;FBOP/5]",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.6 Mobile/15E148 Snapchat/13.52.0.43 (like Safari/8621.3.11.10.3, panda)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Mobile/15E148 musical_ly_40.8.0 BytedanceWebview/d8a21c6 JsSdk/2.0 NetType/WIFI Channel/App Store"
    " ByteLocale/ar Region/KW isDarkMode/0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
    " SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 12; HarmonyOS; NOH-NX9; HMSCore 6.15.0.302) AppleWebKit/537.36 (KHTML,"
    " like Gecko) Chrome/114.0.5735.196 HuaweiBrowser/16.0.7.303 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " GSA/380.0.788317806 Mobile/15E148 Safari/604.1",
]


def _read(name):
    lines = (_FILES / name).read_text().splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_of_known_bots_96_in_a_hundred_are_found():
    crawlers = _read("crawlers.txt")

    found = sum(map(is_bot, crawlers))

    assert len(crawlers) > 1500
    assert found / len(crawlers) >= 0.96


def test_of_browsers_at_most_one_in_two_hundred_is_taken_for_a_bot():
    browsers = _read("browsers.txt")

    taken = [browser for browser in browsers if is_bot(browser)]

    assert len(browsers) == 500
    assert len(taken) / len(browsers) <= 0.005


@pytest.mark.parametrize("user_agent", PEOPLE)
def test_people_inside_of_apps_are_people(user_agent):
    assert not is_bot(user_agent)


@pytest.mark.parametrize(
    "user_agent",
    [
        "",
        " ",
        "curl/8.5.0",
        "python-requests/2.32.3",
        "WhatsApp/2.23.20.0",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0"
        " Safari/537.36",
        "bot" + "x" * 100_000,
    ],
)
def test_programs_are_bots(user_agent):
    assert is_bot(user_agent)

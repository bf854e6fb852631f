"""Bots are told from people."""

from pathlib import Path

import pytest

from storefront.domain.bots import is_bot

_FILES = Path(__file__).parent / "user_agents"


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


def test_people_inside_of_apps_are_people():
    people = _read("people.txt")

    assert len(people) == 9
    assert [person for person in people if is_bot(person)] == []


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
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0.0.0 Safari/537.36",
        "bot" + "x" * 100_000,
    ],
)
def test_programs_are_bots(user_agent):
    assert is_bot(user_agent)

"""What is read of an address and a referrer, however they were written."""

import hypothesis
import pytest
from hypothesis import strategies as st

from storefront.domain.arrivals import LONGEST_QUERY, arrival_of
from storefront.models import Visit


def arrival(query="", referrer="", path="/en/", host="shop.example:8000"):
    return arrival_of(path=path, query=query, referrer=referrer, host=host)


def columns(query="", referrer="", **how):
    return dict(arrival(query, referrer, **how).columns)


def test_the_parameters_are_kept_as_they_were_tagged():
    found = columns(
        "utm_source=Newsletter&utm_medium=Email&utm_campaign=%D8%B1%D9%85%D8%B6%D8%A7%D9%86+2026"
        "&utm_term=oud&utm_content=top"
    )

    assert found["utm_source"] == "Newsletter"
    assert found["utm_medium"] == "Email"
    assert found["utm_campaign"] == "رمضان 2026"
    assert (found["utm_term"], found["utm_content"]) == ("oud", "top")
    assert found["source"] == "newsletter"


@pytest.mark.parametrize(
    ("query", "source"),
    [
        ("utm_source=a&utm_source=b", "a"),
        ("utm_source=&utm_source=b", "b"),
        ("UTM_Source=a", "a"),
        ("x=1&amp;utm_source=a", "a"),
        ("utm_source=%20a%09b%20", "a b"),
        ("utm_source=a%00b", "ab"),
        ("utm_source=%E2%80%AEa", "a"),
        ("utm_source=%ED%A0%80a", "���a"),
        ("utm_source=%3Cscript%3Ealert(1)%3C/script%3E", "<script>alert(1)</script>"),
        ("utm_source=" + "a" * 10_000, "a" * 150),
        ("utm_source=" + "%D8%B1" * 1_000, "ر" * 150),
    ],
)
def test_of_odd_parameters_what_can_be_shown_is_kept(query, source):
    assert columns(query)["utm_source"] == source


def test_a_long_parameter_in_front_hides_no_other():
    assert columns("x=" + "a" * 4000 + "&utm_source=a")["utm_source"] == "a"
    assert "utm_source" not in columns("x=" + "a" * LONGEST_QUERY + "&utm_source=a")


@pytest.mark.parametrize("path", ["/ar/track/s3cret-token/", "/en/track/s3cret-token/?x"])
def test_the_secret_of_an_order_is_not_kept(path):
    assert "s3cret" not in columns(path=path)["landing_path"]


def test_the_referrer_is_kept_without_query_fragment_and_person():
    found = columns(referrer="https://noura:pass@News.Example:8443/a/b?q=my+illness#top")

    assert found["referrer"] == "https://news.example/a/b"
    assert found["referrer_host"] == "news.example"


@pytest.mark.parametrize(
    "referrer",
    [
        "https://shop.example/en/items/",
        "https://shop.example:9000/",
        "https://SHOP.example./",
        "javascript:alert(1)",
        "about:blank",
        "//",
        "https://",
        "https://[::1",
        "not an address",
        "data:text/html,x",
        "\x00",
    ],
)
def test_nonsense_and_our_own_pages_are_no_referrers(referrer):
    found = columns(referrer=referrer)

    assert "referrer_host" not in found
    assert found["channel"] == "Direct"


@pytest.mark.parametrize(
    ("query", "kind", "value"),
    [
        ("gclid=abc", "gclid", "abc"),
        ("fbclid=1&gclid=2", "gclid", "2"),
        ("ScCid=x", "sccid", "x"),
        ("fbclid=" + "z" * 400, "fbclid", "z" * 255),
        ("clickid=1", "", ""),
    ],
)
def test_a_click_is_kept_with_its_kind(query, kind, value):
    found = columns(query)

    assert (found.get("click_kind", ""), found.get("click_id", "")) == (kind, value)


def test_campaigns_and_clicks_are_told_apart():
    told = [
        arrival(query).campaign
        for query in ("utm_source=a", "utm_source=b", "utm_campaign=a", "gclid=a", "gclid=b")
    ]

    assert len(set(told)) == 5
    assert arrival("page=2", "https://www.google.com/").campaign == ""
    assert arrival("utm_source=a&page=2").campaign == arrival("utm_source=a").campaign


@hypothesis.given(
    st.text(max_size=400) | st.binary(max_size=400).map(lambda some: some.decode("latin-1")),
    st.text(max_size=200),
    st.text(max_size=200),
    st.text(max_size=60),
)
def test_whatever_is_sent_fits_into_the_columns(value, referrer, path, host):
    found = arrival_of(
        path=path, query=f"utm_source={value}&gclid={value}", referrer=referrer, host=host
    ).columns

    for name, text in found.items():
        assert 0 < len(text) <= Visit._meta.get_field(name).max_length
        assert "\0" not in text
        text.encode()

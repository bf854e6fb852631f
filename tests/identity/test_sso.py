"""Single sign-on against a provider over real HTTP: the way in, and every way that must not be one."""

import time
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from tenants import scopes
from tenants.domain.tenants import get_or_create_user
from tenants.enums import LoginKind, Surface
from tenants.identity.accounts import Client
from tenants.identity.embedded import totp
from tenants.identity.embedded.engine import make_account_ready
from tenants.identity.sso.log_ins import log_in
from tenants.identity.sso.port import SsoAccountError, SsoIdentity
from tenants.models import AuditEntry, ExternalIdentity, Login, OutboxEvent, User
from tenants.views.sso import PATIENCE
from tenants.views.sso_offer import PROBLEMS
from tests.identity.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
TOLD_IN_ARABIC = {
    "late": "استغرق",
    "cancelled": "لم تُكمل",
    "failed": "لم ينجح",
    "unavailable": "لا يمكن الوصول",
    "unverified": "غير مؤكَّد",
    "account": "لا يمكن الدخول",
}


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


@pytest.fixture
def provider(settings):
    started = Provider().start()
    settings.OIDC_ISSUER = started.issuer
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    yield started
    started.stop()


@pytest.fixture
def browser(real_db, provider, at):
    """Makes a browser at `app.`."""
    return lambda language="en": at("app", **{"accept-language": language})


def begin(client, asked="/tenants/"):
    """To the provider's door: its address."""
    response = client.get("/oidc/authenticate/", {"next": asked})
    assert response.status_code == 302
    return response.headers["Location"]


def at_provider(address):
    """What the provider sends the browser back with: path and query of the callback."""
    with pytest.raises(HTTPError) as answered:
        build_opener(_Stay).open(address, timeout=5)
    with answered.value as response:
        assert response.code == 302
        back = urlsplit(response.headers["Location"])
    assert back.netloc == "app.localhost"
    return f"{back.path}?{back.query}"


def come_back(client, asked="/tenants/"):
    return client.get(at_provider(begin(client, asked)))


def told(client, response):
    """The reason that the log-in page gives; the person is told it in words."""
    assert response.status_code == 302
    where = urlsplit(response.headers["Location"])
    assert where.path == "/login/"
    reason = dict(parse_qsl(where.query))["sso"]
    page = client.get(response.headers["Location"])
    assert page.status_code == 200
    assert str(PROBLEMS[reason]) in page.text
    assert client.get("/tenants/").status_code == 302
    return reason


def links():
    with scopes.public():
        return ExternalIdentity.objects.count(), User.objects.count(), Login.objects.count()


def person(email, **fields):
    with scopes.public():
        made = get_or_create_user(email)
        for name, value in fields.items():
            setattr(made, name, value)
        make_account_ready(made, "a-long-enough-password")
    return made


def account_of(provider):
    with scopes.public():
        return User.objects.get(email=provider.person["email"])


def test_a_new_person_comes_in(browser, provider):
    client = browser("ar")

    response = come_back(client)

    assert response.headers["Location"] == "/tenants/"
    assert client.get("/tenants/").status_code == 200
    made = account_of(provider)
    assert (made.name, made.language, made.has_usable_password()) == ("Noura", "ar", False)
    with scopes.public():
        link = ExternalIdentity.objects.get(user=made)
        login = Login.objects.get(user=made)
        assert OutboxEvent.objects.filter(
            kind="identity.sso_linked", payload__email=made.email
        ).exists()
        assert AuditEntry.objects.filter(actor_id=made.id, action="person.sso_linked").exists()
    assert (link.issuer, link.sub) == (provider.issuer, provider.person["sub"])
    assert (login.kind, login.surface, login.has_mfa) == ("browser", "app", False)


def test_what_the_provider_is_asked(browser, provider):
    asked = {key: one[0] for key, one in parse_qs(urlsplit(begin(browser())).query).items()}

    assert asked["redirect_uri"] == "http://app.localhost/oidc/callback/"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 32
    assert len(asked["nonce"]) >= 32
    assert len(asked["code_challenge"]) == 43
    assert CLIENT_SECRET not in str(asked)


def test_the_provider_is_described_once(browser, provider):
    for _ in range(3):
        come_back(browser())

    assert provider.asked.count("/.well-known/openid-configuration") == 1
    assert provider.asked.count("/jwks") == 1


@pytest.mark.parametrize("methods", [["client_secret_post"], ["client_secret_basic"], []])
def test_the_secret_is_shown_the_way_that_the_provider_takes_it(browser, provider, methods):
    provider.methods = methods

    assert come_back(browser()).headers["Location"] == "/tenants/"


def test_the_same_person_again_by_sub_whatever_the_address(browser, provider):
    come_back(browser())
    provider.person["email"], provider.person["email_verified"] = "other@example.com", False
    before = links()

    assert come_back(browser()).headers["Location"] == "/tenants/"

    assert links() == (before[0], before[1], before[2] + 1)


def test_a_known_sub_comes_in_without_any_address(browser, provider):
    come_back(browser())
    provider.person["email"] = None

    assert come_back(browser()).headers["Location"] == "/tenants/"


def test_an_account_with_the_same_proved_address_is_linked_and_told(browser, provider):
    who = person(provider.person["email"].upper(), name="Hers")

    assert come_back(browser()).headers["Location"] == "/tenants/"

    with scopes.public():
        assert ExternalIdentity.objects.get(sub=provider.person["sub"]).user_id == who.id
        event = OutboxEvent.objects.get(kind="identity.sso_linked", payload__user=str(who.id))
    assert event.payload["issuer"] == provider.issuer
    assert event.payload["email"] == who.email


def test_cognitos_true_is_a_string(browser, provider):
    provider.person["email_verified"] = "true"

    assert come_back(browser()).headers["Location"] == "/tenants/"


@pytest.mark.parametrize("said", [False, None, "false", "True", "yes", 1, 0, [], {"a": 1}])
@pytest.mark.parametrize("is_known", [True, False])
def test_an_unproved_address_opens_nothing(browser, provider, said, is_known):
    if is_known:
        person(provider.person["email"])
    provider.person["email_verified"] = said
    client, before = browser(), links()

    assert told(client, come_back(client)) == "unverified"
    assert links() == before


@pytest.mark.parametrize(
    "address", [None, "", 5, ["a@example.com"], "no address", "a\x00@example.com", "a" * 300]
)
def test_without_an_address_there_is_no_account(browser, provider, address):
    provider.person["email"] = address
    client, before = browser(), links()

    assert told(client, come_back(client)) == "unverified"
    assert links() == before


def test_address_and_proof_are_taken_from_one_place(browser, provider):
    """The ID token vouches for one address; userinfo tells another, and doesn't."""
    victim = person(f"victim-{uuid4().hex[:8]}@example.com")
    provider.userinfo = {"email": victim.email, "email_verified": None}
    client = browser()

    assert told(client, come_back(client)) == "unverified"


def test_an_address_that_was_given_to_somebody_else_opens_nothing(browser, provider):
    come_back(browser())
    provider.person["sub"] = "the next owner"
    client, before = browser(), links()

    assert told(client, come_back(client)) == "account"
    assert links() == before


def test_a_person_who_is_shut_out_stays_out(browser, provider):
    who = person(provider.person["email"], is_active=False)
    client, before = browser(), links()
    assert told(client, come_back(client)) == "account"
    assert links() == before

    with scopes.public():
        User.objects.filter(id=who.id).update(is_active=True)
    come_back(browser())
    with scopes.public():
        User.objects.filter(id=who.id).update(is_active=False)
    assert told(client, come_back(client)) == "account"


def test_a_second_factor_is_still_asked_for(browser, provider):
    who = person(provider.person["email"], mfa_enabled_at=timezone.now())
    with scopes.public():
        totp.enrol(who, SECRET)
    for offset in (0, 1):  # the first time, which links, and when it is known
        client = browser()

        assert come_back(client, "/tenants/").headers["Location"] == "/mfa/"
        assert client.get("/tenants/").status_code == 302
        assert client.post("/mfa/", {"code": "000000"}).status_code == 400
        done = client.post("/mfa/", {"code": totp.current_code(SECRET, offset=offset)})
        assert done.headers["Location"] == "/tenants/"
        assert client.get("/tenants/").status_code == 200
    with scopes.public():
        assert list(Login.objects.filter(user=who).values_list("has_mfa", flat=True)) == [True] * 2


def test_the_session_is_a_new_one(browser, provider):
    client = browser()
    address = begin(client)
    before = client.cookies["session"].value

    client.get(at_provider(address))

    assert client.cookies["session"].value != before


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-client"},
        {"aud": [CLIENT_ID, "another-client"]},
        {"aud": [CLIENT_ID, "another-client"], "azp": "another-client"},
        {"azp": "another-client"},
        {"aud": []},
        {"aud": None},
        {"iss": "http://127.0.0.1:1"},
        {"iss": None},
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": 7},
        {"nonce": ["x"]},
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"exp": 1e400},
        {"iat": 4102444800},
        {"iat": None},
        {"nbf": 4102444800},
        {"token_use": "access"},
        {"sub": None},
        {"sub": 7},
        {"sub": ""},
        {"sub": "\x00"},
        {"sub": "x" * 256},
    ],
)
def test_an_id_token_that_says_the_wrong_thing(browser, provider, claims):
    provider.claims = claims
    client, before = browser(), links()

    assert told(client, come_back(client)) == "failed"
    assert links() == before


@pytest.mark.parametrize("fault", ["hs256", "alg none", "unknown kid"])
def test_an_id_token_that_the_provider_did_not_sign(browser, provider, fault):
    provider.faults = {fault}
    client, before = browser(), links()

    assert told(client, come_back(client)) == "failed"
    assert links() == before


def test_an_id_token_of_another_key(browser, provider):
    provider.key = provider.other_key()
    client = browser()

    assert told(client, come_back(client)) == "failed"


def test_an_expired_id_token_is_told_in_the_persons_language(browser, provider):
    provider.claims = {"iat": time.time() - 900, "exp": time.time() - 60}
    client = browser("ar")

    response = come_back(client)

    assert response.headers["Location"].startswith("/login/?sso=failed&")
    assert TOLD_IN_ARABIC["failed"] in client.get(response.headers["Location"]).text


@pytest.mark.parametrize("about", [{"sub": "somebody else"}, {"sub": None}, {"sub": ["x"]}])
def test_userinfo_of_somebody_else(browser, provider, about):
    provider.userinfo = about
    client, before = browser(), links()

    assert told(client, come_back(client)) == "failed"
    assert links() == before


@pytest.mark.parametrize(
    "path", ["/token", "/jwks", "/userinfo", "/.well-known/openid-configuration"]
)
@pytest.mark.parametrize("fault", ["500", "garbage", "list", "huge", "redirect"])
def test_a_provider_that_is_broken(browser, provider, path, fault):
    client = browser()
    if path != "/.well-known/openid-configuration":
        address = at_provider(begin(client))
        provider.faults = {f"{fault} {path}"}
        response = client.get(address)
    else:
        provider.faults = {f"{fault} {path}"}
        response = client.get("/oidc/authenticate/", {"next": "/tenants/"})

    assert told(client, response) == "unavailable"
    assert f"{path}/elsewhere" not in provider.asked


def test_a_provider_that_is_down(browser, provider):
    provider.stop()
    client = browser()

    response = client.get("/oidc/authenticate/", {"next": "/oud-house/"})

    assert told(client, response) == "unavailable"
    assert "next=%2Foud-house%2F" in response.headers["Location"]


def test_a_provider_that_goes_down_on_the_way(browser, provider):
    client = browser()
    address = at_provider(begin(client))
    provider.stop()

    assert told(client, client.get(address)) == "unavailable"


@pytest.mark.parametrize("path", ["/token", "/jwks", "/userinfo"])
def test_a_provider_that_drips(browser, provider, settings, path):
    settings.OIDC_TIMEOUT = 1
    client = browser()
    address = at_provider(begin(client))
    provider.faults = {f"slow {path}"}
    began = time.monotonic()

    assert told(client, client.get(address)) == "unavailable"
    assert time.monotonic() - began < 4


def test_a_provider_that_failed_is_left_alone_for_a_moment(browser, provider):
    provider.faults = {"500 /.well-known/openid-configuration"}
    client = browser()
    for _ in range(20):
        client.get("/oidc/authenticate/")

    assert provider.asked == ["/.well-known/openid-configuration"]


def test_a_description_of_another_issuer(browser, provider):
    provider.faults = {"discovery issuer"}
    client = browser()

    assert told(client, client.get("/oidc/authenticate/")) == "unavailable"


def test_unknown_keys_are_asked_for_once_in_a_while(browser, provider):
    come_back(browser())
    provider.faults = {"unknown kid"}
    for _ in range(10):
        come_back(browser())

    assert provider.asked.count("/jwks") <= 2


def test_who_cancels_is_told(browser, provider):
    provider.faults = {"denied"}
    client = browser()

    assert told(client, come_back(client, "/oud-house/")) == "cancelled"


@pytest.mark.parametrize(
    "query",
    [{}, {"code": "x"}, {"state": "x"}, {"code": "x", "state": "never given"}, {"error": "x"},
     {"error": "access_denied", "state": "never given"}, {"code": "\x00", "state": "\x00"}],
)  # fmt: skip
def test_a_callback_that_nobody_asked_for(browser, provider, query):
    client = browser()

    assert told(client, client.get(f"/oidc/callback/?{urlencode(query)}")) == "late"
    assert "/token" not in provider.asked


def test_a_code_for_another_browser(browser, provider):
    """Nobody is logged in to the attacker's account by following a link."""
    address = at_provider(begin(browser()))
    victim = browser()
    begin(victim)

    assert told(victim, victim.get(address)) == "late"


def test_a_code_without_its_verifier(browser, provider):
    """A stolen code: brought to another state of the same client, PKCE gives it away."""
    stolen = dict(parse_qsl(urlsplit(at_provider(begin(browser()))).query))["code"]
    attacker = browser()
    own = dict(parse_qsl(urlsplit(at_provider(begin(attacker))).query))
    query = urlencode({"code": stolen, "state": own["state"]})

    assert told(attacker, attacker.get(f"/oidc/callback/?{query}")) == "failed"


def test_a_code_is_used_once(browser, provider):
    client = browser()
    address = at_provider(begin(client))
    assert client.get(address).headers["Location"] == "/tenants/"
    client.post("/logout/")

    assert told(client, client.get(address)) == "late"


def test_a_replayed_code_with_a_state_of_its_own(browser, provider):
    client = browser()
    used = dict(parse_qsl(urlsplit(at_provider(begin(client))).query))
    client.get(f"/oidc/callback/?{urlencode(used)}")
    again = browser()
    own = dict(parse_qsl(urlsplit(begin(again)).query))
    query = urlencode({"code": used["code"], "state": own["state"]})

    assert told(again, again.get(f"/oidc/callback/?{query}")) == "failed"


def test_who_takes_too_long_begins_again(browser, provider):
    client = browser()
    address = at_provider(begin(client))
    session = client.session
    for kept in session["oidc_states"].values():
        kept["added_on"] -= PATIENCE + 1
    session.save()

    assert told(client, client.get(address)) == "late"


@pytest.mark.parametrize(
    "asked", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_only_a_page_of_ours_is_gone_on_to(browser, provider, asked):
    assert come_back(browser(), asked).headers["Location"] == "/"


def test_two_first_log_ins_at_once_make_one_account(real_db, provider, settings):
    sub, email = uuid4().hex, f"race-{uuid4().hex[:8]}@example.com"
    found = SsoIdentity(provider.issuer, sub, email, is_verified=True)

    def attempt(_):
        try:
            entered = log_in(
                found,
                client=Client(LoginKind.BROWSER, Surface.APP),
                language="en",
                now=timezone.now(),
            )
            return entered.user.id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        people = set(threads.map(attempt, range(8)))

    assert len(people) == 1
    with scopes.public():
        assert ExternalIdentity.objects.filter(sub=sub).count() == 1
        assert (
            OutboxEvent.objects.filter(kind="identity.sso_linked", payload__email=email).count()
            == 1
        )


def test_two_subs_with_one_address_at_once_make_one_link(real_db, provider):
    email = f"race-{uuid4().hex[:8]}@example.com"

    def attempt(number):
        try:
            found = SsoIdentity(provider.issuer, f"{email}-{number}", email, is_verified=True)
            log_in(
                found,
                client=Client(LoginKind.BROWSER, Surface.APP),
                language="en",
                now=timezone.now(),
            )
        except SsoAccountError:
            return "refused"
        finally:
            connections.close_all()
        return "in"

    with ThreadPoolExecutor(4) as threads:
        results = sorted(threads.map(attempt, range(4)))

    assert results == ["in", "refused", "refused", "refused"]


def test_the_identity_engine_as_the_provider_is_matched_by_its_own_sub(browser, provider, settings):
    """Cognito's managed login: the `sub` there is the person's own."""
    settings.IDENTITY_ISSUER = provider.issuer
    who = person(provider.person["email"], cognito_sub=provider.person["sub"])
    provider.person["email"] = "changed@example.com"

    assert come_back(browser()).headers["Location"] == "/tenants/"
    provider.person.update(sub="another", email=who.email)
    client = browser()
    assert told(client, come_back(client)) == "account"
    with scopes.public():
        assert not ExternalIdentity.objects.filter(issuer=provider.issuer).exists()


def test_another_provider_beside_cognito_makes_no_accounts(browser, provider, settings):
    settings.IDENTITY_ENGINE = "cognito"
    client, before = browser(), links()
    assert told(client, come_back(client)) == "account"
    assert links() == before

    person(provider.person["email"])
    assert come_back(client).headers["Location"] == "/tenants/"


def test_the_log_in_page_offers_it(browser, provider):
    page = browser().get("/login/", {"next": "/oud-house/orders/"})

    assert 'href="/oidc/authenticate/?next=%2Foud-house%2Forders%2F"' in page.text
    assert "Continue with SSO" in page.text
    assert "المتابعة بالدخول الموحّد" in browser("ar").get("/login/").text


@pytest.mark.parametrize("reason", PROBLEMS)
def test_each_problem_is_told_in_arabic(browser, provider, reason):
    assert TOLD_IN_ARABIC[reason] in browser("ar").get("/login/", {"sso": reason}).text


def test_no_other_words_can_be_put_on_the_page(browser, provider):
    page = browser().get("/login/", {"sso": "Call us on 12345"})

    assert "12345" not in page.text.partition("<form")[0].partition("<main")[2]


def test_without_a_provider_there_is_none_of_it(real_db, at):
    client = at("app")

    assert client.get("/oidc/authenticate/").status_code == 404
    assert client.get("/oidc/callback/").status_code == 404
    assert "oidc" not in client.get("/login/").text


def test_the_operators_panel_has_its_own_log_in(browser, provider, at):
    admin = at("admin")

    assert "oidc" not in admin.get("/login/").text
    assert (
        admin.get("/oidc/authenticate/").status_code == 302
    )  # to the log-in, as all that is not there


def test_somebody_logged_in_needs_no_provider(browser, provider):
    client = browser()
    come_back(client)

    assert (
        client.get("/oidc/authenticate/", {"next": "/tenants/"}).headers["Location"] == "/tenants/"
    )

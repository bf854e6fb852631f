"""Access tokens that must open nothing, over the API outside tenants and a tenant's own."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.db import connections
from django.utils import timezone
from jwt.algorithms import RSAAlgorithm

from tenants import scopes
from tenants.domain.logins import revoke_tokens
from tenants.identity.embedded.keys import (
    LEAD,
    TRAIL,
    private_key,
    published_keys,
    rotate,
    signing_key,
)
from tenants.identity.key_sets import EmbeddedKeySet, RemoteKeySet
from tenants.models import TenantMember, User
from tests.identity.oidc_provider import Provider, hs256, signed_with_public_key, unsigned

_OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def victim(member, tenant_a):
    """Somebody logged in who owns an organisation; `slug` is its slug."""
    program = member()
    with scopes.public():
        program.user = User.objects.get(email=program.email)
    with scopes.tenant(tenant_a.id):
        TenantMember.objects.create(tenant=tenant_a, user=program.user, role="owner")
    program.slug = tenant_a.slug
    return program


def claims_of(program):
    token = program.tokens["access_token"]
    return jwt.decode(token, options={"verify_signature": False})


def key():
    return signing_key(timezone.now())


def forged(program, *, headers=None, signed_by=None, **changes):
    """The person's own token with other claims, signed with our very key unless told otherwise."""
    row = key()
    claims = {**claims_of(program), **changes}
    claims = {name: value for name, value in claims.items() if value is not None}
    signer = signed_by or private_key(row.private_key)
    return jwt.encode(
        claims, signer, algorithm="RS256", headers={"kid": row.kid, **(headers or {})}
    )


def answers(program, authorization):
    """What the API outside tenants and a tenant's API say."""
    sent = {"authorization": authorization}
    return [
        program.get("me/", **sent),
        program.client.get(f"/{program.slug}/api/v1/orders/", headers=sent),
    ]


def is_let_in(program, token):
    return [one.status_code for one in answers(program, f"Bearer {token}")] == [200, 200]


def is_refused(program, token):
    told = [(one.status_code, one.json()["code"]) for one in answers(program, f"Bearer {token}")]
    return told == [(401, "invalid_token")] * 2


def test_the_token_as_it_was_given_and_as_we_sign_it_are_good(victim):
    """Else the refusals below would prove nothing."""
    assert is_let_in(victim, victim.tokens["access_token"])
    assert is_let_in(victim, forged(victim))


def test_no_signature(victim):
    for algorithm in ("none", "None", "NONE", "RS256", ""):
        assert is_refused(victim, unsigned(claims_of(victim), algorithm))


def test_the_public_key_taken_for_a_secret(victim):
    row = key()
    public = private_key(row.private_key).public_key()
    assert is_refused(victim, signed_with_public_key(claims_of(victim), public, row.kid))
    for secret in (
        json.dumps(row.public_key).encode(),
        json.dumps(row.public_key, separators=(",", ":")).encode(),
        base64.urlsafe_b64decode(row.public_key["n"] + "=="),
        row.public_key["n"].encode(),
        b"",
    ):
        assert is_refused(victim, hs256(claims_of(victim), secret, row.kid))


def test_another_key_under_our_kid(victim):
    assert is_refused(victim, forged(victim, signed_by=_OTHER))


def test_other_algorithms_of_the_same_key(victim):
    row = key()
    for algorithm in ("RS384", "RS512", "PS256"):
        token = jwt.encode(
            claims_of(victim), private_key(row.private_key), algorithm, headers={"kid": row.kid}
        )
        assert is_refused(victim, token)


@pytest.mark.parametrize("kid", ["", None, 7, ["x"], {"a": 1}, "../../etc/passwd", "' OR 1=1 --"])
def test_a_kid_that_is_none(victim, kid):
    header = base64.urlsafe_b64encode(json.dumps({"alg": "RS256", "kid": kid}).encode())
    _, payload, signature = victim.tokens["access_token"].split(".")
    assert is_refused(victim, f"{header.decode().rstrip('=')}.{payload}.{signature}")


def test_a_flood_of_unknown_keys_asks_hardly_ever(victim, monkeypatch):
    fetched = []
    whole = EmbeddedKeySet.fetch_data
    monkeypatch.setattr(EmbeddedKeySet, "fetch_data", lambda self: fetched.append(1) or whole(self))
    began = time.monotonic()
    for number in range(100):
        assert is_refused(victim, forged(victim, headers={"kid": f"nobody-knows-{number}"}))

    # One for the unknown key and one for the age of what is kept, every ten seconds.
    assert len(fetched) <= 2 + 2 * (time.monotonic() - began) / 10
    assert is_let_in(victim, victim.tokens["access_token"])


def test_a_flood_asks_a_remote_issuer_as_rarely():
    issuer = Provider().start()
    keys = RemoteKeySet(f"{issuer.issuer}/jwks")
    for number in range(200):
        with pytest.raises(jwt.PyJWKClientError):
            keys.get_signing_key(f"nobody-knows-{number}")
    assert issuer.asked.count("/jwks") == 1
    issuer.stop()


@pytest.mark.parametrize("fault", ["500 /jwks", "garbage /jwks", "list /jwks", "huge /jwks"])
def test_a_remote_issuer_that_fails_is_left_alone(fault):
    issuer = Provider().start()
    issuer.faults = {fault}
    keys = RemoteKeySet(f"{issuer.issuer}/jwks")
    for _ in range(200):
        with pytest.raises(jwt.PyJWKClientConnectionError):
            keys.get_signing_key("any")
    assert issuer.asked.count("/jwks") == 1
    issuer.stop()


@pytest.fixture
def attackers_server():
    """Serves a key set of the attacker's to whoever asks; nobody should."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            jwk = RSAAlgorithm.to_jwk(_OTHER.public_key(), as_dict=True)
            body = json.dumps({"keys": [{**jwk, "kid": "mine", "use": "sig"}]}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    assert asked == []


@pytest.mark.parametrize("kid", ["mine", "ours"])
def test_keys_that_a_token_brings_along(victim, attackers_server, kid):
    own = RSAAlgorithm.to_jwk(_OTHER.public_key(), as_dict=True)
    for headers in (
        {"jku": f"{attackers_server}/jwks.json"},
        {"x5u": f"{attackers_server}/chain.pem"},
        {"jwk": {**own, "kid": "mine"}},
        {"x5c": ["MIIB"], "x5t": "mine"},
    ):
        named = {} if kid == "ours" else {"kid": "mine"}
        assert is_refused(victim, forged(victim, signed_by=_OTHER, headers={**headers, **named}))


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_other"},
        {"iss": "http://app.localhost:8000/"},
        {"iss": "http://app.localhost"},
        {"client_id": "another-client"},
        {"client_id": ["souqna"]},
        {"token_use": "id"},
        {"token_use": "refresh"},
        {"token_use": "id", "client_id": None, "aud": "souqna"},
        {"exp": 1},
        {"exp": "tomorrow"},
        {"exp": 1e400},
        {"iat": 4102444800},
        {"iat": "now"},
        {"nbf": 4102444800},
        {"sub": 7},
        {"sub": ["x"]},
        {"sub": {"a": "b"}},
        {"sub": True},
        {"sub": ""},
        {"sub": "nobody"},
        {"jti": 7},
        *({name: None} for name in ("iss", "sub", "exp", "iat", "token_use", "client_id", "jti")),
    ],
    ids=str,
)
def test_a_claim_that_is_wrong_or_missing(victim, changes):
    assert is_refused(victim, forged(victim, **changes))


def test_the_same_person_at_another_issuer(victim):
    """Another issuer's `sub` is another person, whoever signed it."""
    elsewhere = "https://issuer.example"
    assert is_refused(victim, forged(victim, iss=elsewhere, signed_by=_OTHER))
    token = forged(victim, iss=elsewhere, signed_by=_OTHER, headers={"kid": "elsewhere"})
    assert is_refused(victim, token)


def test_an_expired_token(victim):
    assert is_refused(victim, forged(victim, exp=int(time.time()) - 1))


def test_all_tokens_from_before_a_revocation(victim):
    with scopes.public():
        revoke_tokens(victim.user, now=timezone.now())

    assert is_refused(victim, victim.tokens["access_token"])
    assert victim.log_in().status_code == 200
    assert is_let_in(victim, victim.tokens["access_token"])


def test_a_person_who_is_shut_out(victim):
    with scopes.public():
        User.objects.filter(id=victim.user.id).update(is_active=False)

    assert is_refused(victim, victim.tokens["access_token"])


def test_a_member_who_was_removed_has_a_token_still_and_nothing_there(victim, tenant_a):
    with scopes.tenant(tenant_a.id):
        TenantMember.objects.filter(user_id=victim.user.id).delete()

    me, orders = answers(victim, f"Bearer {victim.tokens['access_token']}")
    assert (me.status_code, orders.status_code) == (200, 404)
    assert orders.json()["code"] == "not_found"


def nested(depth):
    deep = base64.urlsafe_b64encode(b"[" * depth).decode().rstrip("=")
    return f"{deep}.{deep}.{deep}"


@pytest.mark.parametrize(
    "token",
    ["x", "a.b", "a.b.c", "...", "....", "a.b.c.d", "null", "{}", "é.é.é", "٣.٣.٣", "\x00", "=.=.=",
     "a" * 4097, "a" * 1_000_000, f"{'a' * 400}." * 3, "Bearer", "Bearer x", nested(900)],
    ids=lambda token: f"{token[:8]!r}-{len(token)}",
)  # fmt: skip
def test_garbage(victim, token):
    assert is_refused(victim, token)


def test_a_token_that_was_changed(victim):
    token = victim.tokens["access_token"]
    header, payload, signature = token.split(".")
    mine = json.dumps({**claims_of(victim), "sub": "another"}).encode()
    other = base64.urlsafe_b64encode(mine).decode().rstrip("=")
    for changed in (
        f"{header}.{other}.{signature}",
        f"{header}.{payload}.",
        f"{header}.{payload}",
        f"{header}.{payload}.{signature[:-4]}AAAA",
        f"{payload}.{header}.{signature}",
        f"{token}.{signature}",
        f"{token}, Bearer {token}",
        token[:-1],
    ):
        assert is_refused(victim, changed)


def test_a_bad_token_is_not_made_good_by_a_session(victim):
    victim.client.force_login(victim.user)
    assert victim.get("me/").status_code == 200

    for sent in ("Bearer x", "Bearer", "Bearer ", "bearer x", "BEARER  x", "Bearer\tx"):
        told = [(one.status_code, one.json()["code"]) for one in answers(victim, sent)]
        assert told == [(401, "invalid_token")] * 2, sent


def test_pages_take_no_token(victim):
    sent = {"authorization": f"Bearer {victim.tokens['access_token']}"}
    for path in ("/tenants/", f"/{victim.slug}/", f"/{victim.slug}/orders/"):
        answer = victim.client.get(path, headers={**sent, "accept": "text/html"})
        assert answer.headers["Location"].startswith("/login/?next=")


def test_the_operators_panel_takes_no_token(victim, at):
    with scopes.public():
        User.objects.filter(id=victim.user.id).update(is_superuser=True)
    sent = {"authorization": f"Bearer {victim.tokens['access_token']}"}

    assert at("admin").get("/", headers=sent).status_code == 302


def test_a_storefront_knows_no_token(victim):
    sent = {"authorization": f"Bearer {victim.tokens['access_token']}"}
    host = f"{victim.slug}.{settings.SOUQNA_DOMAIN}"

    answer = victim.client.get("/api/v1/me/", headers={**sent, "host": host})
    assert answer.status_code == 404


def test_tokens_outlive_the_rotation_of_their_key(victim):
    old = victim.tokens["access_token"]
    rotate(now=timezone.now() - LEAD, at_once=False)
    assert victim.log_in().status_code == 200
    new = victim.tokens["access_token"]

    assert jwt.get_unverified_header(old)["kid"] != jwt.get_unverified_header(new)["kid"]
    assert is_let_in(victim, old)
    assert is_let_in(victim, new)
    later = {one["kid"] for one in published_keys(timezone.now() + LEAD + TRAIL)}
    assert jwt.get_unverified_header(old)["kid"] not in later


def test_a_new_key_is_known_before_it_signs(victim):
    made = rotate(now=timezone.now(), at_once=False)

    assert made.kid in {one["kid"] for one in published_keys(timezone.now())}
    assert key().kid != made.kid


def test_a_stolen_key_is_good_for_nothing_at_once(victim):
    stolen = key()
    rotate(now=timezone.now() - LEAD, at_once=False)  # the stolen one is on its way out already
    token = victim.tokens["access_token"]
    assert is_let_in(victim, token)
    connections.close_all()

    rotate(now=timezone.now(), at_once=True)

    assert is_refused(victim, token)
    assert stolen.kid not in {one["kid"] for one in published_keys(timezone.now())}
    assert len(published_keys(timezone.now())) == 1
    assert victim.log_in().status_code == 200
    assert is_let_in(victim, victim.tokens["access_token"])

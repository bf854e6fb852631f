"""An OpenID provider: discovery, authorization code with PKCE, tokens, userinfo and keys over HTTP.

It does everything right until `faults` say otherwise.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT_ID, CLIENT_SECRET = "souqna-tests", "a secret: with % and +"
KID = "provider-key"
_KEYS = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]


class Provider(ThreadingHTTPServer):
    """Runs in threads of its own; `asked` lists what was asked of it, by path."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.person: dict[str, Any] = {
            "sub": secrets.token_hex(8),
            "email": f"sso-{secrets.token_hex(5)}@example.com",
            "email_verified": True,
            "name": "Noura",
        }
        self.faults: set[str] = set()
        self.claims: dict[str, Any] = {}  # over those of the ID token
        self.userinfo: dict[str, Any] = {}  # over what it tells
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.methods = ["client_secret_basic"]
        self.key = _KEYS[0]

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def start(self) -> "Provider":
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        self.shutdown()
        self.server_close()

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": "http://other.example" if "discovery issuer" in self.faults else self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "token_endpoint_auth_methods_supported": self.methods,
        }

    def jwks(self) -> dict[str, Any]:
        jwk = RSAAlgorithm.to_jwk(_KEYS[0].public_key(), as_dict=True)
        return {"keys": [{**jwk, "kid": KID, "use": "sig", "alg": "RS256"}]}

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce,
            "token_use": "id", **self.person, **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        if "alg none" in self.faults:
            return unsigned(claims, "none")
        if "hs256" in self.faults:
            return signed_with_public_key(claims, _KEYS[0].public_key(), KID)
        kid = "nobody knows" if "unknown kid" in self.faults else KID
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": kid})

    @staticmethod
    def other_key() -> rsa.RSAPrivateKey:
        return _KEYS[1]


def unsigned(claims: dict[str, Any], algorithm: str) -> str:
    """A token whose header says anything, without a signature."""
    return f"{_segment({'alg': algorithm, 'kid': KID})}.{_segment(claims)}."


def signed_with_public_key(claims: dict[str, Any], key: Any, kid: str) -> str:
    """HS256, the public key taken for the secret: what everybody knows."""
    pem = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hs256(claims, pem, kid)


def hs256(claims: dict[str, Any], secret: bytes, kid: str) -> str:
    """PyJWT itself refuses to sign with what looks like a public key."""
    content = f"{_segment({'alg': 'HS256', 'typ': 'JWT', 'kid': kid})}.{_segment(claims)}"
    return f"{content}.{_b64(hmac.digest(secret, content.encode(), 'sha256'))}"


def _segment(document: dict[str, Any]) -> str:
    return _b64(json.dumps(document).encode())


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, *arguments: Any) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = dict(parse_qsl(parts.query))
        match parts.path:
            case "/.well-known/openid-configuration":
                self.answer(self.server.discovery())
            case "/jwks":
                self.answer(self.server.jwks())
            case "/authorize":
                self.authorize(asked)
            case "/userinfo":
                self.userinfo()
            case _:
                self.answer({}, 404)

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.token({name: values[0] for name, values in parse_qs(form).items()})

    def authorize(self, asked: dict[str, str]) -> None:
        back = {"state": asked["state"]}
        if "denied" in self.server.faults:
            back["error"] = "access_denied"
        else:
            assert asked["response_type"] == "code"
            assert asked["client_id"] == CLIENT_ID
            assert asked["code_challenge_method"] == "S256"
            assert "openid" in asked["scope"].split()
            back["code"] = secrets.token_urlsafe(16)
            self.server.codes[back["code"]] = asked
        self.answer({}, 302, Location=f"{asked['redirect_uri']}?{urlencode(back)}")

    def token(self, form: dict[str, str]) -> None:
        kept = self.server.codes.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (
            kept is None
            or not self.is_the_client(form)
            or form["redirect_uri"] != kept["redirect_uri"]
            or _b64(verifier) != kept["code_challenge"]
        ):
            self.answer({"error": "invalid_grant"}, 400)
            return
        self.answer(
            {
                "access_token": "userinfo-please",
                "id_token": self.server.id_token(kept["nonce"]),
                "token_type": "Bearer",
                "refresh_token": "the provider's own",
            }
        )

    def is_the_client(self, form: dict[str, str]) -> bool:
        if "client_secret_post" in self.server.methods:
            return form.get("client_secret") == CLIENT_SECRET
        given = self.headers.get("Authorization", "").partition(" ")[2]
        right = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        return "client_secret" not in form and given == right

    def userinfo(self) -> None:
        assert self.headers["Authorization"] == "Bearer userinfo-please"
        told = {**self.server.person, **self.server.userinfo}
        self.answer({name: value for name, value in told.items() if value is not None})

    def answer(self, document: Any, status: int = 200, **headers: str) -> None:
        path = urlsplit(self.path).path
        self.server.asked.append(path)
        body = json.dumps(document).encode()
        if f"500 {path}" in self.server.faults:
            status = 500
        if f"redirect {path}" in self.server.faults:
            status, headers = 302, {"Location": f"{self.server.issuer}{path}/elsewhere"}
        if f"garbage {path}" in self.server.faults:
            body = b"<html>Welcome to the hotel's network"
        if f"list {path}" in self.server.faults:
            body = b"[1, 2]"
        if f"huge {path}" in self.server.faults:
            body = b'{"issuer": "' + b"x" * 2**20 + b'"}'
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            if f"slow {path}" in self.server.faults:
                for byte in body:  # each byte in time, the whole never
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(0.1)
            self.wfile.write(body)
        except OSError:
            pass  # whoever asked has gone

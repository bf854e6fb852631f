"""A user pool of moto's behind real HTTP, for the shape of what is asked and answered.

moto lacks some actions and is loose with others; what is added here follows the API's description and
no more. It takes any sign-up and reset code for the right one; what Cognito refuses is for
`test_cognito.py`. (moto's own server wants Flask; its answers don't.)
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import boto3
from moto.cognitoidp.exceptions import CodeMismatchException, NotAuthorizedError
from moto.cognitoidp.models import CognitoIdpUser, CognitoIdpUserPool, cognitoidp_backends
from moto.cognitoidp.responses import CognitoIdpJsonWebKeyResponse, CognitoIdpResponse
from moto.core.request import Request
from moto.core.responses import ActionResult, EmptyResult
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

ACCOUNT, REGION = "123456789012", "me-south-1"
#: The one code that `VerifyUserAttribute` takes here; moto itself takes any.
CODE = "123456"


class Actions(CognitoIdpResponse):
    """moto's actions, with those that it lacks."""

    #: Addresses that wait to be proved, by user name.
    waiting: ClassVar[dict[str, str]] = {}
    #: What was asked: (action, whether it was signed).
    asked: ClassVar[set[tuple[str, bool]]] = set()

    def call_action(self) -> Any:
        Actions.asked.add((self._get_action(), "Authorization" in self.headers))
        return super().call_action()

    def confirm_sign_up(self) -> ActionResult:
        answer = super().confirm_sign_up()
        _pool().user(self._get_param("Username")).update_attributes(
            [{"Name": "email_verified", "Value": "true"}]
        )
        return answer

    def resend_confirmation_code(self) -> ActionResult:
        return ActionResult({"CodeDeliveryDetails": {"DeliveryMedium": "EMAIL"}})

    def initiate_auth(self) -> ActionResult:
        """Cognito knows people by its own name for them, whatever they typed, and says so."""
        user = _pool().find(self.parameters["AuthParameters"]["USERNAME"])
        if user is not None:
            parameters = {**self._get_param("AuthParameters"), "USERNAME": user.username}
            answer = self._get_region_agnostic_backend().initiate_auth(
                self._get_param("ClientId"), self._get_param("AuthFlow"), parameters
            )
            if "ChallengeName" in answer:
                answer["ChallengeParameters"]["USER_ID_FOR_SRP"] = user.username
            return ActionResult(answer)
        return super().initiate_auth()

    def respond_to_auth_challenge(self) -> ActionResult:
        if self._get_param("Session") not in cognitoidp_backends[ACCOUNT][REGION].sessions:
            raise NotAuthorizedError("Invalid session for the user, session is expired.")
        return super().respond_to_auth_challenge()

    def get_tokens_from_refresh_token(self) -> ActionResult:
        """With rotation, and no grace period."""
        pool, token = _pool().pool, self._get_param("RefreshToken")
        held = pool.refresh_tokens.get(token)
        if held is None:
            raise NotAuthorizedError("Refresh Token has been revoked")
        if self._get_param("ClientSecret") != pool.clients[held[0]].secret:
            raise NotAuthorizedError("Invalid client secret")
        access, identity, seconds = pool.create_tokens_from_refresh_token(token)
        pool.refresh_tokens[token] = None
        result = {
            "AccessToken": access,
            "IdToken": identity,
            "ExpiresIn": seconds,
            "TokenType": "Bearer",
            "RefreshToken": pool.create_refresh_token(held[0], held[1])[0],
        }
        return ActionResult({"AuthenticationResult": result})

    def revoke_token(self) -> ActionResult:
        _pool().pool.refresh_tokens[self._get_param("Token")] = None
        return EmptyResult()

    def update_user_attributes(self) -> ActionResult:
        """The old address stays until the new one is proved."""
        _, username = _pool().pool.access_tokens[self._get_param("AccessToken")]
        Actions.waiting[username] = self._get_param("UserAttributes")[0]["Value"]
        return EmptyResult()

    def verify_user_attribute(self) -> ActionResult:
        if self._get_param("Code") != CODE:
            raise CodeMismatchException("Invalid verification code provided.")
        _, username = _pool().pool.access_tokens[self._get_param("AccessToken")]
        _pool().user(username).update_attributes(
            [{"Name": "email", "Value": Actions.waiting.pop(username)}]
        )
        return EmptyResult()


class MotoPool:
    """The pool, its client, and what moto keeps of them."""

    def __init__(self, url: str) -> None:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        idp = boto3.session.Session(region_name=REGION, **keys).client(
            "cognito-idp", endpoint_url=url
        )
        pool = idp.create_user_pool(
            PoolName="souqna",
            UsernameAttributes=["email"],
            AutoVerifiedAttributes=["email"],
            MfaConfiguration="OPTIONAL",
            UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": ["email"]},
            Policies={
                "PasswordPolicy": {
                    "MinimumLength": 10,
                    "RequireUppercase": False,
                    "RequireLowercase": False,
                    "RequireNumbers": False,
                    "RequireSymbols": False,
                }
            },
        )
        client = idp.create_user_pool_client(
            UserPoolId=pool["UserPool"]["Id"],
            ClientName="souqna",
            GenerateSecret=True,
            ReadAttributes=["email", "email_verified", "name", "locale"],
        )
        self.url = url
        self.pool_id: str = pool["UserPool"]["Id"]
        self.client_id: str = client["UserPoolClient"]["ClientId"]
        self.client_secret: str = client["UserPoolClient"]["ClientSecret"]

    @property
    def pool(self) -> CognitoIdpUserPool:
        return cognitoidp_backends[ACCOUNT][REGION].user_pools[self.pool_id]

    def find(self, name: str) -> CognitoIdpUser | None:
        return self.pool._get_user(name)

    def user(self, name: str) -> CognitoIdpUser:
        user = self.find(name)
        assert user is not None
        return user


class ServedRequest(Request):
    """A request that came over HTTP."""

    from_wsgi_server = True


class SilentHandler(WSGIRequestHandler):
    """Logs nothing."""

    def log(self, *_: Any) -> None:
        pass


_running: list[MotoPool] = []


def _pool() -> MotoPool:
    return _running[-1]


@contextmanager
def moto_pool() -> Iterator[MotoPool]:
    """A server with one pool, until the block ends."""
    server = make_server("127.0.0.1", 0, _application, threaded=True, request_handler=SilentHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        _running.append(MotoPool(f"http://127.0.0.1:{server.server_port}"))
        yield _running[-1]
    finally:
        _running.clear()
        server.shutdown()
        thread.join()
        server.server_close()


@ServedRequest.application
def _application(request: ServedRequest) -> Response:
    kind = CognitoIdpJsonWebKeyResponse if request.path.endswith("/jwks.json") else Actions
    answer = (
        kind.serve_json_web_key()
        if kind is CognitoIdpJsonWebKeyResponse
        else kind.dispatch(request, request.url, request.headers)
    )
    status, headers, body = answer
    headers = {name: str(value) for name, value in headers.items() if name.lower() != "status"}
    return Response(body, status=status, headers=headers)

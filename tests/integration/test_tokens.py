"""Tokens that must not open a guarded stack, and those that do.

The authorizer is the local gateway's; where AWS's differs, the test says so. What a function refuses by itself, whatever
the gateway did, is in tests/unit/test_request.py and tests/unit/test_endpoints.py.
"""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from local.environment import PROJECT
from local.launch import Stack
from local.users import PASSWORD, USERS
from tests.contract.conformance import check_http
from tests.gateway import event_payload
from tests.integration.probe import use_probe

CALLS = [
    ("POST", "/events/"),
    ("GET", "/events/aaaaaaaaaa/attendee"),
    ("GET", "/organiser/events"),
    ("GET", "/organiser/events/aaaaaaaaaa"),
]
"""Of functions for organisers alone, and of one that serves the public, too."""
HOUR = 3600


def encode(part: object) -> str:
    data = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(part: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return content


def rs256(header: Mapping[str, Any], claims: Mapping[str, Any], key: rsa.RSAPrivateKey) -> str:
    text = f"{encode(header)}.{encode(claims)}"
    return f"{text}.{encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def pem_of(key: rsa.RSAPrivateKey) -> bytes:
    """Return the public half, as an application that confuses algorithms would take it for an HMAC's secret."""
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


class Material(NamedTuple):
    """What an attacker may have, and one thing that they never have: the pool's key, to make tokens wrong in one way."""

    token: str
    """A real ID token of the demo organiser."""
    header: dict[str, Any]
    claims: dict[str, Any]
    pool_key: rsa.RSAPrivateKey
    own_key: rsa.RSAPrivateKey
    access_token: str
    refresh_token: str
    other_pools_token: str

    def signed(self, **changes: object) -> str:
        """Return a token of the pool's, changed before it was signed."""
        return rs256(self.header, self.claims | changes, self.pool_key)

    def altered(self, **changes: object) -> str:
        """Return the real token, changed after it was signed."""
        header, _, signature = self.token.split(".")
        return f"{header}.{encode(self.claims | changes)}.{signature}"

    def unsigned(self, algorithm: str, signature: str = "") -> str:
        return f"{encode(self.header | {'alg': algorithm})}.{self.token.split('.')[1]}.{signature}"

    def by_hmac(self, secret: bytes) -> str:
        text = f"{encode(self.header | {'alg': 'HS256'})}.{encode(self.claims)}"
        return f"{text}.{encode(hmac.digest(secret, text.encode(), hashlib.sha256))}"

    def own(self, header: Mapping[str, Any] | None = None, **changes: object) -> str:
        """Return a token of the attacker's own key."""
        return rs256(self.header | (header or {}), self.claims | changes, self.own_key)

    def own_jwk(self) -> dict[str, str]:
        numbers = self.own_key.public_key().public_numbers()
        return {
            "kty": "RSA",
            "n": encode(numbers.n.to_bytes(256, "big")),
            "e": encode(numbers.e.to_bytes(3, "big")),
            "kid": self.header["kid"],
        }


def sign_in(stack: Stack, client_id: str, email: str) -> dict[str, str]:
    """Return the tokens of a user."""
    parameters = {"USERNAME": email, "PASSWORD": PASSWORD}
    answer = stack.client("cognito-idp").initiate_auth(
        ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters
    )
    tokens: dict[str, str] = answer["AuthenticationResult"]
    return tokens


def make_client(stack: Stack, pool_id: str) -> str:
    """Make an app client that takes passwords; return its id."""
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    made = stack.client("cognito-idp").create_user_pool_client(
        UserPoolId=pool_id, ClientName="another", ExplicitAuthFlows=flows
    )
    return str(made["UserPoolClient"]["ClientId"])


def token_of_another_pool(stack: Stack) -> str:
    """Return a real ID token, of a user with the same address in a pool of somebody else."""
    cognito, email = stack.client("cognito-idp"), USERS["organiser"].email
    pool_id = cognito.create_user_pool(PoolName="another")["UserPool"]["Id"]
    cognito.admin_create_user(UserPoolId=pool_id, Username=email, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool_id, Username=email, Password=PASSWORD, Permanent=True)
    return sign_in(stack, make_client(stack, pool_id), email)["IdToken"]


@pytest.fixture(scope="module")
def material(guarded_stack: Stack) -> Material:
    tokens = sign_in(guarded_stack, guarded_stack.user_pool_client_id, USERS["organiser"].email)
    header, claims, _ = tokens["IdToken"].split(".")
    file = Path(guarded_stack.state) / "cloud" / "cognito-pool-keys" / f"{guarded_stack.user_pool_id}-id.pem"
    pool_key = serialization.load_pem_private_key(file.read_bytes(), None)
    assert isinstance(pool_key, rsa.RSAPrivateKey)
    return Material(
        token=tokens["IdToken"],
        header=decode(header),
        claims=decode(claims),
        pool_key=pool_key,
        own_key=rsa.generate_private_key(65537, 2048),
        access_token=tokens["AccessToken"],
        refresh_token=tokens["RefreshToken"],
        other_pools_token=token_of_another_pool(guarded_stack),
    )


def call(stack: Stack, method: str, path: str, authorization: str | None) -> Any:
    """Return the answer, which is one that docs/openapi.yaml allows."""
    payload = {"payload": event_payload()} if method == "POST" else None
    answer = stack.http(method, path, payload, {} if authorization is None else {"Authorization": authorization})
    check_http(method, path, answer.status, dict(answer.headers.items()), answer.body.decode())
    return answer


def assert_refused(stack: Stack, authorization: str | None) -> None:
    """On every route that takes a token, with the documented problem, which does not quote what was sent."""
    sent = (authorization or "").removeprefix("Bearer").strip() or "nothing"
    for method, path in CALLS:
        answer = call(stack, method, path, authorization)
        assert (401, "unauthorized", "application/problem+json", "Bearer", "no-store") == (
            answer.status,
            answer.json()["code"],
            answer.headers["Content-Type"],
            answer.headers["WWW-Authenticate"],
            answer.headers["Cache-Control"],
        ), (method, path)
        assert sent not in answer.body.decode()


# --- What must not open it --------------------------------------------------------------------------------------------

NO_TOKENS = {
    "none": None,
    "empty": "",
    "scheme only": "Bearer",
    "garbage": "Bearer nonsense",
    "three parts of garbage": "Bearer a.b.c",
    "JSON that is no object": f"Bearer {encode([])}.{encode('asha')}.{encode(b'x')}",
    "a password": "Basic " + base64.b64encode(f"{USERS['organiser'].email}:{PASSWORD}".encode()).decode(),
}


@pytest.mark.parametrize("authorization", NO_TOKENS.values(), ids=NO_TOKENS)
def test_what_is_no_token_is_refused(guarded_stack: Stack, authorization: str | None) -> None:
    assert_refused(guarded_stack, authorization)


FORGERIES: dict[str, Callable[[Material], str]] = {
    "alg none": lambda m: m.unsigned("none"),
    "alg None": lambda m: m.unsigned("None"),
    "alg none with the real signature": lambda m: m.unsigned("none", m.token.split(".")[2]),
    "no signature": lambda m: m.token.rpartition(".")[0] + ".",
    "two parts": lambda m: m.token.rpartition(".")[0],
    "four parts": lambda m: m.token + ".x",
    "another signature": lambda m: m.token[:-6] + ("bbbbbb" if m.token.endswith("aaaaaa") else "aaaaaa"),
    "HS256 by the public key as PEM": lambda m: m.by_hmac(pem_of(m.pool_key)),
    "HS256 by the public modulus": lambda m: m.by_hmac(m.pool_key.public_key().public_numbers().n.to_bytes(256, "big")),
    "HS256 by nothing": lambda m: m.by_hmac(b""),
    "another subject": lambda m: m.altered(sub="somebody else"),
    "an admin by their own word": lambda m: m.altered(**{"cognito:groups": ["admins"]}),
    "a longer life": lambda m: m.altered(exp=4_102_444_800),
    "another client's": lambda m: m.altered(aud="another"),
    "one's own key under the pool's id": lambda m: m.own(),
    "one's own key, sent along": lambda m: m.own({"jwk": m.own_jwk()}),
    "one's own key, to be fetched": lambda m: m.own({"jku": "http://127.0.0.1:9/jwks.json"}),
    "one's own key under another id": lambda m: m.own({"kid": "mine"}),
    "one's own issuer": lambda m: m.own({"kid": "mine"}, iss="https://login.evil.example/"),
    "an issuer that begins alike": lambda m: m.own(iss=m.claims["iss"] + ".evil.example"),
    "another pool's": lambda m: m.other_pools_token,
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_token_is_refused(guarded_stack: Stack, material: Material, forge: Callable[[Material], str]) -> None:
    assert_refused(guarded_stack, f"Bearer {forge(material)}")


def test_an_expired_token_is_refused(guarded_stack: Stack, material: Material) -> None:
    """Signed by the pool's own key, so it is the time alone that is wrong."""
    now = int(time.time())
    assert_refused(guarded_stack, f"Bearer {material.signed(iat=now - 2 * HOUR, exp=now - HOUR)}")
    assert_refused(guarded_stack, f"Bearer {material.signed(iat=now - HOUR, exp=now - 1)}")
    answer = call(
        guarded_stack, "GET", "/organiser/events", f"Bearer {material.signed(iat=now - HOUR, exp=now + HOUR)}"
    )
    assert 200 == answer.status


def test_the_pools_key_does_not_make_other_issuers_good(guarded_stack: Stack, material: Material) -> None:
    assert_refused(guarded_stack, f"Bearer {material.signed(iss='https://login.evil.example/')}")


def test_an_access_token_is_refused(guarded_stack: Stack, material: Material) -> None:
    """By AWS's gateway, as its authorizer has no scopes. MiniStack's takes access tokens: here the functions refuse."""
    assert "access" == decode(material.access_token.split(".")[1])["token_use"]
    assert_refused(guarded_stack, f"Bearer {material.access_token}")


def test_a_refresh_token_is_refused(guarded_stack: Stack, material: Material) -> None:
    """AWS's are encrypted, so no gateway can read them; MiniStack's are signed as access tokens are."""
    assert_refused(guarded_stack, f"Bearer {material.refresh_token}")


def test_a_token_counts_in_the_authorization_header_alone(guarded_stack: Stack, material: Material) -> None:
    for path, headers in (
        (f"/organiser/events?Authorization={material.token}", {}),
        (f"/organiser/events?access_token={material.token}", {}),
        ("/organiser/events", {"Cookie": f"Authorization={material.token}"}),
        ("/organiser/events", {"X-Authorization": f"Bearer {material.token}"}),
    ):
        assert 401 == guarded_stack.http("GET", path, headers=headers).status


# --- What does --------------------------------------------------------------------------------------------------------


def test_a_real_token_opens_every_route_for_organisers(guarded_stack: Stack, material: Material) -> None:
    statuses = [call(guarded_stack, *route, f"Bearer {material.token}").status for route in CALLS]
    assert [201, 404, 200, 404] == statuses


def test_a_token_by_another_app_client_of_the_pool_is_as_good(guarded_stack: Stack) -> None:
    """By design, and in AWS, too: the authorizer knows the pool, not its clients (docs/decisions/0019)."""
    client_id = make_client(guarded_stack, guarded_stack.user_pool_id)
    token = sign_in(guarded_stack, client_id, USERS["organiser2"].email)["IdToken"]
    assert client_id == decode(token.split(".")[1])["aud"] != guarded_stack.user_pool_client_id
    assert 200 == call(guarded_stack, "GET", "/organiser/events", f"Bearer {token}").status


@pytest.mark.parametrize("name", USERS)
def test_make_token_prints_a_real_token_of_each_demo_user(guarded_stack: Stack, name: str) -> None:
    header, claims = map(decode, make_token(guarded_stack, f"USER={name}").split(".")[:2])
    published = f"{guarded_stack.endpoint_url}/{guarded_stack.user_pool_id}/.well-known/jwks.json"
    keys = requests.get(published, timeout=10).json()["keys"]
    assert "RS256" == header["alg"]
    assert header["kid"] in {key["kid"] for key in keys}
    assert (USERS[name].email, "id", list(USERS[name].groups)) == (
        claims["email"],
        claims["token_use"],
        claims.get("cognito:groups", []),
    )


def test_make_token_is_the_organisers_whoever_is_logged_in_at_the_shell(guarded_stack: Stack) -> None:
    claims = decode(make_token(guarded_stack).split(".")[1])
    assert USERS["organiser"].email == claims["email"]


def test_the_demo_users_are_four_people(guarded_stack: Stack) -> None:
    subjects = {decode(guarded_stack.token(name).split(".")[1])["sub"] for name in USERS}
    assert {"organiser", "organiser2", "admin", "helper"} == set(USERS)
    assert 4 == len(subjects)


def make_token(stack: Stack, *arguments: str) -> str:
    """Run `make token` as somebody whom the shell calls root."""
    command = ["make", "-s", "token", f"STATE={stack.state}", f"PYTHON={sys.executable}", *arguments]
    ran = subprocess.run(
        command, cwd=PROJECT, env=os.environ | {"USER": "root"}, check=True, capture_output=True, text=True
    )
    return ran.stdout.strip()


def test_the_local_gateway_hands_groups_over_in_brackets(start_stack: Callable[..., Stack], project_copy: Path) -> None:
    """As AWS's HTTP APIs do: `[admins editors]`. AWS's REST APIs, which this is one of, join by commas: `admins,editors`."""
    use_probe(project_copy)
    stack = start_stack(project=project_copy, auth="cognito")
    groups = {}
    for name in USERS:
        event = stack.http("GET", "/organiser/events", headers={"Authorization": f"Bearer {stack.token(name)}"}).json()
        claims = event["requestContext"]["authorizer"]["claims"]
        assert (USERS[name].email, "id") == (claims["email"], claims["token_use"])
        groups[name] = claims.get("cognito:groups")
    assert {"organiser": None, "organiser2": None, "admin": "[admins]", "helper": None} == groups

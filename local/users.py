"""The demo users of a guarded local stack, and tokens for them."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from local.cloud import client
from local.failure import Failure

ADMINS = "admins"
"""The group of template.yaml whose members may do everything."""


class User(NamedTuple):
    """A user of the local stack's pool."""

    email: str
    groups: tuple[str, ...] = ()


USERS: Mapping[str, User] = {
    "organiser": User("organiser@example.com"),
    "organiser2": User("organiser2@example.com"),
    "admin": User("admin@example.com", (ADMINS,)),
    "helper": User("helper@example.com"),
}
"""By the name that `make token USER=…` takes."""

# Not a secret: it opens a user pool that exists on this machine alone.
PASSWORD = "local-Demo-1234"  # nosec B105 # of demo users on loopback


def ensure_exist(endpoint_url: str, user_pool_id: str) -> None:
    """Make the demo users and put them into their groups, or leave those of an earlier run as they are.

    Raises:
        Failure: the user pool refuses.
    """
    pool = client("cognito-idp", endpoint_url)
    try:
        for user in USERS.values():
            _ensure_exists(pool, user_pool_id, user)
    except (BotoCoreError, ClientError) as error:
        raise Failure(f"the demo users could not be made: {error}") from error


def _ensure_exists(pool: Any, user_pool_id: str, user: User) -> None:
    named = {"UserPoolId": user_pool_id, "Username": user.email}
    attributes = [{"Name": "email", "Value": user.email}, {"Name": "email_verified", "Value": "true"}]
    with suppress(pool.exceptions.UsernameExistsException):
        pool.admin_create_user(**named, MessageAction="SUPPRESS", UserAttributes=attributes)
    pool.admin_set_user_password(**named, Password=PASSWORD, Permanent=True)
    for group in user.groups:
        pool.admin_add_user_to_group(**named, GroupName=group)


def id_token(endpoint_url: str, client_id: str, name: str) -> str:
    """Sign a demo user in and return a fresh ID token; `name` is one of `USERS`.

    Raises:
        Failure: the stack is not there, or is an open one, which has no users.
    """
    try:
        answer = client("cognito-idp", endpoint_url).initiate_auth(
            ClientId=client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": USERS[name].email, "PASSWORD": PASSWORD},
        )
    except (BotoCoreError, ClientError) as error:
        raise Failure(
            f"could not sign in at the local stack: {error}\n       Is it guarded? make run AUTH=cognito"
        ) from error
    return str(answer["AuthenticationResult"]["IdToken"])

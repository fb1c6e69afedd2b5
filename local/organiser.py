"""The demo organiser of a guarded local stack, and tokens for them."""

from contextlib import suppress

from botocore.exceptions import BotoCoreError, ClientError

from local.cloud import client
from local.failure import Failure

EMAIL = "organiser@example.com"
# Not a secret: it opens a user pool that exists on this machine alone.
PASSWORD = "local-Demo-1234"


def ensure_exists(endpoint_url: str, user_pool_id: str) -> None:
    """Make the demo organiser, or leave the one of an earlier run as it is.

    Raises:
        Failure: the user pool refuses.
    """
    pool = client("cognito-idp", endpoint_url)
    attributes = [{"Name": "email", "Value": EMAIL}, {"Name": "email_verified", "Value": "true"}]
    try:
        with suppress(pool.exceptions.UsernameExistsException):
            pool.admin_create_user(
                UserPoolId=user_pool_id, Username=EMAIL, MessageAction="SUPPRESS", UserAttributes=attributes
            )
        pool.admin_set_user_password(UserPoolId=user_pool_id, Username=EMAIL, Password=PASSWORD, Permanent=True)
    except (BotoCoreError, ClientError) as error:
        raise Failure(f"the demo organiser could not be made: {error}") from error


def id_token(endpoint_url: str, client_id: str) -> str:
    """Sign the demo organiser in and return a fresh ID token.

    Raises:
        Failure: the stack is not there, or is an open one, which has no organiser.
    """
    try:
        answer = client("cognito-idp", endpoint_url).initiate_auth(
            ClientId=client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": EMAIL, "PASSWORD": PASSWORD},
        )
    except (BotoCoreError, ClientError) as error:
        raise Failure(
            f"could not sign in at the local stack: {error}\n       Is it guarded? make run AUTH=cognito"
        ) from error
    return str(answer["AuthenticationResult"]["IdToken"])

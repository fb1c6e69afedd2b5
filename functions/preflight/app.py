"""OPTIONS on every path: tell browsers what they may call."""

from http import HTTPStatus

from event_management.http.endpoint import Answer, endpoint
from event_management.http.request import Request


@endpoint("preflight", status=HTTPStatus.NO_CONTENT)
def lambda_handler(request: Request) -> Answer:
    """Answer 204; a browser from an origin that is not allowed finds no permission in it."""
    return Answer(
        None,
        {
            "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
            "ISOCountry, Manage-Code, Person-Email, TransactionId",
            "Access-Control-Max-Age": "7200",
        },
    )

"""Powertools' REST resolver, its validation off."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import ServiceError
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext
from registration import find_faults, register

logger = Logger(service="event-management")
app = APIGatewayRestResolver()


@app.post("/events/<event_id>/register")
def register_attendee(event_id: str) -> Response[dict[str, str]]:
    """Take a seat for one person."""
    body = app.current_event.json_body
    if faults := find_faults(body):
        raise ServiceError(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(faults))
    registered = register(event_id, body["payload"]["name"], body["payload"]["email"])
    logger.info("registered", extra={"event_id": event_id})
    return Response(HTTPStatus.CREATED, "application/json", registered)


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_REST)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer a call of API Gateway."""
    return app.resolve(event, context)

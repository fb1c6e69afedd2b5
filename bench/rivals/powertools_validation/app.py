"""Powertools' REST resolver with its validation by pydantic."""

from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ConfigDict, Field
from registration import register

logger = Logger(service="event-management")
app = APIGatewayRestResolver(enable_validation=True)


class NewAttendee(BaseModel):
    """A person to register."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)]
    email: Annotated[str, Field(max_length=320, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


class Registration(BaseModel):
    """The body of a call."""

    model_config = ConfigDict(extra="forbid")

    payload: NewAttendee


class Registered(BaseModel):
    """The body of the answer."""

    message: str
    status: str
    id: str
    event_id: str


@app.post("/events/<event_id>/register")
def register_attendee(event_id: str, registration: Registration) -> tuple[Registered, int]:
    """Take a seat for one person."""
    registered = register(event_id, registration.payload.name, registration.payload.email)
    logger.info("registered", extra={"event_id": event_id})
    return Registered(**registered), HTTPStatus.CREATED


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_REST)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer a call of API Gateway."""
    return app.resolve(event, context)

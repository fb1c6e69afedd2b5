"""FastAPI behind Mangum."""

import json
import logging
import sys
from http import HTTPStatus
from typing import Annotated

from fastapi import FastAPI
from mangum import Mangum
from pydantic import BaseModel, ConfigDict, Field
from registration import register

logging.basicConfig(stream=sys.stdout, level=logging.WARNING, format="%(message)s")
logger = logging.getLogger("event-management")
logger.setLevel(logging.INFO)
app = FastAPI()


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


@app.post("/events/{event_id}/register", status_code=HTTPStatus.CREATED)
def register_attendee(event_id: str, registration: Registration) -> Registered:
    """Take a seat for one person."""
    registered = register(event_id, registration.payload.name, registration.payload.email)
    logger.info(json.dumps({"message": "registered", "event_id": event_id}))
    return Registered(**registered)


handler = Mangum(app, lifespan="off")

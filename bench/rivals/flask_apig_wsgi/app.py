"""Flask behind apig-wsgi."""

import json
import logging
import sys
from http import HTTPStatus

from apig_wsgi import make_lambda_handler
from flask import Flask, abort, request
from registration import find_faults, register

logging.basicConfig(stream=sys.stdout, level=logging.WARNING, format="%(message)s")
logger = logging.getLogger("event-management")
logger.setLevel(logging.INFO)
app = Flask(__name__)


@app.post("/events/<event_id>/register")
def register_attendee(event_id: str) -> tuple[dict[str, str], int]:
    """Take a seat for one person."""
    body = request.get_json()
    if faults := find_faults(body):
        abort(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(faults))
    registered = register(event_id, body["payload"]["name"], body["payload"]["email"])
    logger.info(json.dumps({"message": "registered", "event_id": event_id}))
    return registered, HTTPStatus.CREATED


lambda_handler = make_lambda_handler(app)

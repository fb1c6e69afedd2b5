"""Chalice."""

import json
from http import HTTPStatus

from chalice import Chalice, Response, UnprocessableEntityError
from registration import find_faults, register

app = Chalice(app_name="event-management")
app.log.setLevel("INFO")


@app.route("/events/{event_id}/register", methods=["POST"])
def register_attendee(event_id: str) -> Response:
    """Take a seat for one person."""
    body = app.current_request.json_body
    if faults := find_faults(body):
        raise UnprocessableEntityError("; ".join(faults))
    registered = register(event_id, body["payload"]["name"], body["payload"]["email"])
    app.log.info(json.dumps({"message": "registered", "event_id": event_id}))
    return Response(registered, status_code=HTTPStatus.CREATED)

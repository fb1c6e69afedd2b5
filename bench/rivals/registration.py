"""What all rivals do with the table, so that they differ in their frameworks alone: the product's transaction.

It stands beside each rival's app.py when that is measured.
"""

import base64
import hmac
import os
import uuid
from datetime import UTC, datetime
from typing import Any

import boto3

client = boto3.client("dynamodb")


def register(event_id: str, name: str, email: str) -> dict[str, str]:
    """Take a seat and record its holder; return the body of the answer."""
    table = os.environ["TABLE_NAME"]
    attendee_id = derive_attendee_id(event_id, email)
    registered_at = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    item = {
        "pk": {"S": f"EVENT#{event_id}#ATTENDEE#{attendee_id}"},
        "sk": {"S": "ATTENDEE"},
        "gsi1pk": {"S": f"EVENT#{event_id}#ATTENDEES#0"},
        "gsi1sk": {"S": f"{registered_at}#{attendee_id}"},
        "v": {"N": "1"},
        "id": {"S": attendee_id},
        "event_id": {"S": event_id},
        "name": {"S": name},
        "email": {"S": email},
        "address_rule": {"N": "1"},
        "state": {"S": "registered"},
        "registered_at": {"S": registered_at},
        "seat_block": {"N": "0"},
        "revision": {"N": "1"},
        "nonce": {"S": uuid.uuid4().hex},
    }
    client.transact_write_items(
        TransactItems=[
            {
                "Put": {
                    "TableName": table,
                    "Item": item,
                    "ConditionExpression": "attribute_not_exists(pk)",
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            },
            {
                "Update": {
                    "TableName": table,
                    "Key": {"pk": {"S": f"EVENT#{event_id}#SEATS#0"}, "sk": {"S": "SEATS"}},
                    "UpdateExpression": "ADD seats_left :seats_left, taken :taken",
                    "ConditionExpression": "seats_left >= :leaving AND #state = :open",
                    "ExpressionAttributeNames": {"#state": "state"},
                    "ExpressionAttributeValues": {
                        ":seats_left": {"N": "-1"},
                        ":taken": {"N": "1"},
                        ":leaving": {"N": "1"},
                        ":open": {"S": "open"},
                    },
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            },
        ]
    )
    return {"message": "Insert Successful...", "status": "success", "id": attendee_id, "event_id": event_id}


def derive_attendee_id(event_id: str, email: str) -> str:
    """Return the id of the person with this address at this event."""
    parts = (b"attendee", event_id.encode(), email.lower().encode())
    framed = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    derived = hmac.digest(bytes.fromhex(os.environ["IDENTITY_KEY"]), framed, "sha256")
    return base64.b32encode(derived).decode().rstrip("=").lower()[:16]


def find_faults(body: Any) -> list[str]:
    """Return what is wrong with the body of a call; for the frameworks that leave validation to the application."""
    payload = body.get("payload") if isinstance(body, dict) else None
    if not isinstance(payload, dict):
        return ["payload must be an object"]
    faults = [f"{member} is unknown" for member in payload if member not in ("name", "email")]
    name, email = payload.get("name"), payload.get("email")
    if not isinstance(name, str) or not 1 <= len(name) <= 200:
        faults.append("name must be text of 1 to 200 characters")
    if not isinstance(email, str) or len(email) > 320 or not _is_address(email):
        faults.append("email must be an e-mail address")
    return faults


def _is_address(text: str) -> bool:
    local, _, domain = text.rpartition("@")
    return bool(local) and "." in domain and not any(character.isspace() for character in text)

"""What the running stack writes down, and what it never does."""

import json
from pathlib import Path

from tests.gateway import attendee_payload, event_payload

CANARY = "canary-51c2"


def test_no_name_or_address_reaches_any_log(start_stack):
    stack = start_stack()
    made = stack.http("POST", "/events/", {"payload": event_payload(name=CANARY, location=CANARY)})
    event_id = made.json()["event"]
    person = attendee_payload(name=CANARY, email=f"{CANARY}@{CANARY}.example")
    for payload in (person, person, person | {"name": ""}, person | {"email": f"{CANARY}@"}):
        stack.http("POST", f"/events/{event_id}/register", {"payload": payload}, {"TransactionId": "look-here"})
    stack.http("POST", f"/events/{event_id}/register", body=f'{{"payload": "{CANARY}'.encode())
    stack.http("GET", f"/events/{event_id}/attendee", headers={"TransactionId": "the-end"})
    functions = stack.function_log(wait_for="the-end")
    assert "look-here" in functions
    assert CANARY not in functions
    assert CANARY not in Path(stack.cloud_log_file).read_text(encoding="utf-8", errors="replace")
    assert CANARY not in stack.output()


def test_log_lines_are_json_with_the_callers_transaction_id(open_stack):
    open_stack.http("GET", "/events/", headers={"TransactionId": "t-7731"})
    text = open_stack.function_log(wait_for="t-7731")
    (line,) = [line for line in text.splitlines() if "t-7731" in line]
    logged = json.loads(line[line.index("{") :])
    assert ("list_events", "ok", 200) == (logged["operation"], logged["outcome"], logged["status"])

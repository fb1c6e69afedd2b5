"""`make verify-data` on the running local stack."""

import os
import subprocess
import sys

from event_management import keys
from event_management.store.attributes import to_attributes
from tests.gateway import ROOT, attendee_payload, event_payload
from tests.integration.engine import HttpApi, Table


def verify_data(stack, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "operations.verify_data", "--state", stack.state, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"shared{os.pathsep}."},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_running_stack_is_read_and_what_is_amiss_is_told(open_stack):
    api, table = HttpApi(open_stack.base_url), Table(open_stack.endpoint_url, open_stack.table_name)
    event_id = api.create_event(event_payload()).json["event"]
    person = keys.attendee_key(event_id, api.register(event_id, attendee_payload(1)).json["id"])
    item = table.item(person)
    sound = verify_data(open_stack, "--event", event_id)
    assert (0, "1 event read, nothing amiss.\n", "") == (sound.returncode, sound.stdout, sound.stderr)

    table.client.delete_item(TableName=table.name, Key=to_attributes(person))
    amiss = verify_data(open_stack, "--event", event_id)
    assert (1, "") == (amiss.returncode, amiss.stderr)
    assert f"EVENT#{event_id}#SEATS#0 / SEATS: seats taken: 1 are taken, people hold 0" in amiss.stdout

    table.client.put_item(TableName=table.name, Item=to_attributes(item))
    assert 0 == verify_data(open_stack, "--event", event_id).returncode
    elsewhere = verify_data(open_stack, "--endpoint", open_stack.endpoint_url, "--event", "aaaaaaaaaa")
    assert (2, "") == (elsewhere.returncode, elsewhere.stdout)

"""`make verify-data` reads a table, reads again what looks amiss, and says what is."""

import pytest

from event_management import keys
from event_management.store.attributes import to_attributes
from local.failure import Failure
from operations import verify_data
from tests.gateway import attendee_payload
from tests.unit.conftest import TABLE


@pytest.fixture
def there(table):
    return verify_data.Table(table, TABLE)


@pytest.fixture
def damage(table, api, event_id):
    """Make the event count a seat as taken that nobody holds, or mend it."""

    def count(taken):
        key = keys.seat_block_key(event_id, 0)
        table.update_item(
            TableName=TABLE,
            Key=to_attributes(key),
            UpdateExpression="SET taken = :taken, seats_left = :left",
            ExpressionAttributeValues=to_attributes({":taken": taken, ":left": 50 - taken}),
        )

    return count


def run(there, capsys, event_id=None, pause=lambda: None):
    capsys.readouterr()
    number = verify_data.verify(there, event_id, pause)
    return number, capsys.readouterr().out.splitlines()


def test_a_sound_table_is_told_as_sound(there, api, event_id, capsys):
    api.register(event_id, attendee_payload(1))
    assert (0, ["1 event read, nothing amiss."]) == run(there, capsys)
    assert (0, ["1 event read, nothing amiss."]) == run(there, capsys, event_id)


def test_an_empty_table_is_sound(there, capsys):
    assert (0, ["0 events read, nothing amiss."]) == run(there, capsys)


def test_a_fault_is_told_with_its_key(there, event_id, damage, capsys):
    damage(1)
    number, lines = run(there, capsys)
    assert 1 == number
    assert [
        f"Event {event_id}:",
        f"  EVENT#{event_id}#SEATS#0 / SEATS: seats taken: 1 are taken, people hold 0",
        "1 event read, 1 amiss.",
    ] == lines[:3]


def test_what_only_looked_amiss_while_somebody_wrote_is_not_told(there, event_id, damage, capsys):
    damage(1)
    assert (0, ["1 event read, nothing amiss."]) == run(there, capsys, pause=lambda: damage(0))


def test_what_looks_amiss_in_every_reading_is_told_with_a_doubt(there, event_id, damage, capsys):
    damage(1)
    more = iter(range(2, 50))
    number, lines = run(there, capsys, pause=lambda: damage(next(more)))
    assert (1, verify_data.READINGS + 1) == (number, next(more))
    assert "changed while it was read" in lines[0]
    assert f"{verify_data.READINGS} are taken" in lines[1]


def test_a_fault_that_stands_still_is_read_twice(there, event_id, damage, capsys):
    damage(1)
    pauses = []
    assert 1 == run(there, capsys, pause=lambda: pauses.append(1))[0]
    assert 1 == len(pauses)


def test_items_beside_the_events_are_told(there, table, event_id, capsys):
    table.put_item(TableName=TABLE, Item=to_attributes({"pk": "NOISE", "sk": "NOISE"}))
    number, lines = run(there, capsys)
    assert (1, "Beside the events:") == (number, lines[0])


def test_values_that_the_product_never_writes_are_told_as_such(there, table, event_id, capsys):
    item = to_attributes(keys.place_item(event_id, 1, "aaaaaaaaaaaaaaaa", 1)) | {"seats": {"N": "1.5"}}
    table.put_item(TableName=TABLE, Item=item)
    assert "shape: seats is no int" in run(there, capsys)[1][1]


def test_no_address_is_printed(there, table, api, event_id, capsys):
    person = api.register(event_id, attendee_payload(1)).json["id"]
    table.update_item(
        TableName=TABLE,
        Key=to_attributes(keys.attendee_key(event_id, person)),
        UpdateExpression="SET email = :other",
        ExpressionAttributeValues={":other": {"S": "person2@example.com"}},
    )
    number, lines = run(there, capsys)
    assert 1 == number
    assert not [line for line in lines if "person" in line or "example.com" in line]


def test_a_pending_deletion_is_told(there, table, event_id, capsys):
    table.update_item(
        TableName=TABLE,
        Key=to_attributes(keys.event_key(event_id)),
        UpdateExpression="SET changes = :one, pending = :new",
        ExpressionAttributeValues=to_attributes({":one": 1, ":new": {"status": "deleted"}}),
    )
    assert (0, "has a change pending") == ((told := run(there, capsys))[0], told[1][0][17:37])


def test_an_event_that_is_not_there_is_a_failure(there, event_id):
    with pytest.raises(Failure, match="no event aaaaaaaaaa"):
        verify_data.verify(there, "aaaaaaaaaa")


@pytest.mark.parametrize(("taken", "code"), [(0, 0), (1, 1)])
def test_the_command_ends_with_1_where_something_is_amiss(table, event_id, damage, monkeypatch, taken, code):
    monkeypatch.setattr(verify_data, "PAUSE", 0)
    damage(taken)
    assert code == verify_data.main(["--table", TABLE])
    assert code == verify_data.main(["--table", TABLE, "--event", event_id])


def test_the_command_ends_with_2_where_nothing_can_be_read(table, tmp_path, capsys):
    assert 2 == verify_data.main(["--state", str(tmp_path)])
    assert 2 == verify_data.main(["--table", TABLE, "--event", "aaaaaaaaaa"])
    error = capsys.readouterr().err
    assert f"No local stack is running over {tmp_path}" in error
    assert f"make run STATE={tmp_path}" in error
    assert 2 == verify_data.main(["--event", "x"])
    assert "x is no event's id: that is 10 letters in lower case and digits 2 to 7." in capsys.readouterr().err

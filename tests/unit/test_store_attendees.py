"""Attendees in order of registration, and the calls that are made for a page of them."""

from msgspec.structs import replace

from event_management import keys
from event_management.addresses import parse_address
from event_management.models import NewAttendee
from event_management.store import attendees, events, registrations
from event_management.store.attributes import to_attributes
from event_management.store.client import get_item
from tests.gateway import attendee_payload, event_payload
from tests.unit.conftest import TABLE
from tests.unit.scripted_dynamodb import scripted


def guest(number):
    return NewAttendee("Asha Rao", parse_address(f"{number}@example.com"))


# --- Lists ------------------------------------------------------------------------------------------------------------


def test_list_is_in_order_of_registration_and_one_query(event_id):
    event = events.find(event_id).event
    ids = [registrations.register(event_id, guest(n)).attendee.id for n in range(5)]
    with scripted() as record:
        listed = attendees.list_by_registration(event, None, 10)
    assert ids == [attendee.id for _, attendee in listed]
    assert {"Query": 1} == record.operations


def test_list_goes_on_after_a_position(event_id):
    people = [registrations.register(event_id, guest(n)).attendee for n in range(5)]
    event = events.find(event_id).event
    after = attendees.list_by_registration(event, None, 2)[-1][0]
    assert people[2:4] == [attendee for _, attendee in attendees.list_by_registration(event, after, 2)]


def test_list_merges_the_partitions_in_order_of_registration(table, event_id):
    directory = get_item(keys.directory_key(event_id)) | {"attendee_partitions": 4}
    table.put_item(TableName=TABLE, Item=to_attributes(directory))
    event = replace(events.find(event_id).event, attendee_partitions=4)
    people = [registrations.register(event_id, guest(n)).attendee for n in range(9)]
    walked, after = [], None
    while page := attendees.list_by_registration(event, after, 2):
        walked += [attendee for _, attendee in page]
        after = page[-1][0]
    assert people == walked


def test_list_holds_people_of_this_event_alone(api, event_id):
    other = api.create_event(event_payload()).json["event"]
    registrations.register(other, guest(0))
    assert [] == attendees.list_by_registration(events.find(event_id).event, None, 10)


def test_page_of_attendees_on_a_warm_container_is_two_calls(api, event_id):
    registrations.register(event_id, guest(0))
    with scripted() as record:
        assert 200 == api.list_attendees(event_id).status
    assert {"GetItem": 1, "Query": 1} == record.operations


def test_no_call_of_any_endpoint_scans(api, event_id):
    with scripted() as record:
        api.create_event(event_payload())
        api.register(event_id, attendee_payload(1))
        api.register(event_id, attendee_payload(1))
        api.list_attendees(event_id)
        api.list_attendees(event_id, "?page=2")
        api.list_events()
        api.get_event(event_id)
    assert {"BatchGetItem", "GetItem", "Query", "TransactWriteItems"} == set(record.operations)

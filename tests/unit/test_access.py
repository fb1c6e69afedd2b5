"""Whose calls are taken for whose: what a manage code opens, and what it tells of everything else."""

from tests.gateway import attendee_payload


def test_a_code_tells_nothing_of_other_events(api, event_id):
    person = api.register(event_id, attendee_payload(1)).json
    for reply in (
        api.get_attendee("nosuchevnt", person["id"], person["manage"]),
        api.get_waitlist("nosuchevnt", person["manage"]),
    ):
        assert (401, "invalid_manage_code") == (reply.status, reply.json["code"])


def test_a_code_tells_nothing_of_other_registrations(api, event_id):
    person = api.register(event_id, attendee_payload(1)).json
    reply = api.get_attendee(event_id, "nosuchperson", person["manage"])
    assert (401, "invalid_manage_code") == (reply.status, reply.json["code"])

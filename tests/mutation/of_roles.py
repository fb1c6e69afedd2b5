"""Mutants of who may do what with an event, of sharing it, and of the record that every act leaves."""

from tests.mutation.mutant import Mutant, Table

SHARING = "unit/test_members_endpoints.py"

TO_SAY = f"{SHARING}::test_what_cannot_be_the_sub_of_a_token_is_no_member"
ANY_SUB = f"{SHARING}::test_any_sub_may_be_a_members"
STRANGER = f"{SHARING}::test_to_a_stranger_an_event_is_like_one_that_never_was"
NEVER_WAS = f"{SHARING}::test_an_event_that_never_was_has_neither_members_nor_acts"
OUTLIVES = f"{SHARING}::test_the_audit_outlives_the_event"
AS_THE_ROLE_SAYS = f"{SHARING}::test_a_member_may_do_what_the_role_says_and_no_more"
ADMIN = f"{SHARING}::test_an_admin_may_do_everything_with_every_event"
TAKEN_OFF_MEANWHILE = f"{SHARING}::test_a_call_that_is_under_way_when_its_member_is_taken_off_does_nothing"
HELPER_MEANWHILE = f"{SHARING}::test_a_call_that_is_under_way_when_its_member_becomes_a_helper_does_nothing"
AUDIT = f"{SHARING}::test_the_audit_tells_who_did_what_when_and_to_whom"
ONE_RECORD = f"{SHARING}::test_every_write_by_somebody_with_a_role_leaves_one_record_and_no_reading_does"
SHARED = f"{SHARING}::test_an_owner_shares_an_event"
NOT_OWNER = f"{SHARING}::test_the_owner_is_no_member"
SECOND = f"{SHARING}::test_a_second_call_changes_the_role_and_not_since_when"
AGAIN = f"{SHARING}::test_choosing_the_same_again_writes_nothing"
DELETED_MEANWHILE = f"{SHARING}::test_an_event_that_is_deleted_meanwhile_gets_no_member"
OFF = f"{SHARING}::test_who_is_taken_off_is_a_stranger_at_once"
OFF_TWICE = f"{SHARING}::test_who_is_taken_off_twice_at_once_is_taken_off_once"
LEAVES = f"{SHARING}::test_a_member_may_leave_and_take_nobody_else_off"
RIVALS = f"{SHARING}::test_a_lost_answer_and_a_rival_are_nobodys_fault"
MEMBER_PAGES = f"{SHARING}::test_members_are_listed_by_page"
SHARED_EVENTS = f"{SHARING}::test_events_that_are_shared_are_listed_in_every_status_shared_longest_first"
SHARED_NOW = f"{SHARING}::test_a_shared_event_is_shown_as_it_is_now_in_the_viewers_zone"
SHARED_PAGES = f"{SHARING}::test_shared_events_are_listed_by_page"
LAG = f"{SHARING}::test_an_index_that_lags_shows_nobody_what_is_gone"
ACT_PAGES = f"{SHARING}::test_acts_are_listed_by_page_oldest_first"
OWN_LIST = f"{SHARING}::test_a_pages_token_is_good_for_its_own_list_alone"
LIMITS = f"{SHARING}::test_pages_have_1_to_100_members_events_or_acts"
NO_SUBJECT = f"{SHARING}::test_without_a_subject_nobody_shares_nor_sees_what_is_shared"

PAGES = "unit/test_members_endpoints.py::test_acts_are_listed_by_page_oldest_first"
MUTANTS: Table = {
    "shared/event_management/store/client.py": [
        Mutant(
            "whoever has no role any more goes on",
            """**_condition(condition, values)}
    return {"ConditionCheck": cast("ConditionCheckTypeDef", check)}""",
            """**_condition("attribute_exists(pk) OR attribute_not_exists(pk)", {})}
    return {"ConditionCheck": cast("ConditionCheckTypeDef", check)}""",
            "crash/test_roles_at_once.py::test_who_loses_their_role_meanwhile_does_nothing_more",
        ),
        Mutant(
            "a page begins with the last one's end",
            "pk = :partition AND sk > :after",
            "pk = :partition AND sk >= :after",
            PAGES,
        ),
        Mutant("pages go backwards", "pk = :partition AND sk > :after", "pk = :partition AND sk < :after", PAGES),
    ],
    "shared/event_management/roles.py": [
        Mutant(
            "any text may be a member", 'if not re.fullmatch(r"[A-Za-z0-9._:@|+-]{1,128}", text):', "if False:", TO_SAY
        ),
        Mutant("a sub has no end", "{1,128}", "+", TO_SAY),
        Mutant("a sub is shorter", "{1,128}", "{1,127}", ANY_SUB),
        Mutant("a sub has no provider", "@|+-", "@+-", ANY_SUB),
        Mutant("a sub may be followed by a line's end", "re.fullmatch(r", "re.match('^' + r", TO_SAY),
        Mutant("admins are strangers", '    if caller.is_admin:\n        return "admin"\n', "", ADMIN),
        Mutant(
            "owners are strangers",
            'return "owner" if caller.subject == owner else membership',
            "return membership",
            SHARED,
        ),
        Mutant(
            "a lower role will do",
            "if _RANKS[role] >= _RANKS[least]]",
            "]",
            HELPER_MEANWHILE,
        ),
        Mutant(
            "a higher role will not do",
            "if _RANKS[role] >= _RANKS[least]]",
            "if role == least]",
            AS_THE_ROLE_SAYS,
        ),
    ],
    "shared/event_management/store/authority.py": [
        Mutant(
            "an act leaves no record", "return [record, *self.conditions()]", "return self.conditions()", ONE_RECORD
        ),
        Mutant(
            "who was taken off goes on",
            "return [record, *self.conditions()]",
            "return [record]",
            HELPER_MEANWHILE,
        ),
        Mutant(
            "fields come as they like",
            "fields=tuple(sorted(fields))",
            "fields=tuple(reversed(sorted(fields)))",
            f"{SHARING}::test_the_audit_names_nobody_by_name_or_address",
        ),
        Mutant("a record forgets whom it is about", "attendee_id=attendee_id, ", "", AUDIT),
        Mutant("acts of one moment meet", "new_nonce())", '"")', f"{SHARING}::test_acts_of_one_moment_are_all_kept"),
        Mutant(
            "a member acts without a condition",
            'if self.role in ("owner", "admin"):',
            "if True:",
            f"{TAKEN_OFF_MEANWHILE} {HELPER_MEANWHILE}",
        ),
        Mutant(
            "owners and admins need to be members",
            'if self.role in ("owner", "admin"):',
            "if False:",
            f"{ADMIN} {ONE_RECORD}",
        ),
        Mutant("admins need to be members", '("owner", "admin")', '("owner",)', ADMIN),
        Mutant("owners need to be members", '("owner", "admin")', '("admin",)', ONE_RECORD),
        Mutant(
            "whoever is a member may go on",
            "f\"#role IN ({', '.join(f':{name}' for name in wanted)})\"",
            "f\"attribute_exists(pk) OR #role IN ({', '.join(f':{name}' for name in wanted)})\"",
            HELPER_MEANWHILE,
        ),
        Mutant(
            "members are strangers",
            'role = find_role(caller, event["owner"], member["role"])',
            "pass",
            f"{SHARED} {AS_THE_ROLE_SAYS}",
        ),
        Mutant(
            "every role will do",
            "check_role(role, least), least)",
            'check_role(role, "helper"), least)',
            AS_THE_ROLE_SAYS,
        ),
        Mutant(
            "any text may be an event's id",
            " if is_event_id(event_id) else None",
            "",
            f"{SHARING}::test_what_can_be_no_events_id_is_not_looked_up",
        ),
        Mutant("an unknown event is a defect", "if item is None or (", "if (", NEVER_WAS),
        Mutant(
            "what is deleted is there",
            ' or (item["status"] == keys.DELETED and not deleted):',
            ":",
            OUTLIVES,
        ),
        Mutant(
            "nobody finds what is deleted",
            "keys.DELETED and not deleted)",
            "keys.DELETED)",
            OUTLIVES,
        ),
        Mutant(
            "everybody has every role",
            "return item, find_authority(item, caller, least)",
            'return item, Authority(event_id, caller, "owner", least)',
            f"{STRANGER} {AS_THE_ROLE_SAYS}",
        ),
    ],
    "shared/event_management/store/members.py": [
        Mutant(
            "members choose members",
            'read_event(event_id, caller, "owner")',
            'read_event(event_id, caller, "organiser")',
            AS_THE_ROLE_SAYS,
        ),
        Mutant("owners become members", 'if subject == item["owner"]:', "if False:", NOT_OWNER),
        Mutant("what is so is made so again", "if there and there.role == role:", "if False:", AGAIN),
        Mutant("a role stays", "if there and there.role == role:", "if there:", SECOND),
        Mutant(
            "who gets another role is new",
            "there._replace(role=role) if there else Member",
            "Member",
            f"{SHARING}::test_since_when_an_event_is_shared_outlasts_a_change_of_the_role",
        ),
        Mutant(
            "a deleted event gets members",
            '            check_if(keys.event_key(event_id), "#status <> :deleted", deleted=keys.DELETED),\n',
            "",
            DELETED_MEANWHILE,
        ),
        Mutant(
            "deleted or not is one",
            '"#status <> :deleted"',
            '"attribute_exists(pk) AND :deleted = :deleted"',
            DELETED_MEANWHILE,
        ),
        Mutant(
            "choosing leaves no record",
            '            authority.record("put_member", item["revision"], member=subject),\n',
            "",
            AUDIT,
        ),
        Mutant(
            "nobody is told of a rival",
            "            return member\n",
            "            pass\n        return member\n",
            DELETED_MEANWHILE,
        ),
        Mutant(
            "members take each other off",
            'if caller.subject == subject else "owner"',
            'if True else "owner"',
            f"{LEAVES} {AS_THE_ROLE_SAYS}",
        ),
        Mutant(
            "nobody may leave",
            '"helper" if caller.subject == subject else "owner"',
            '"owner"',
            LEAVES,
        ),
        Mutant(
            "who is gone is taken off again",
            "        if _find(event_id, subject) is None:\n            return\n",
            "",
            f"{SHARING}::test_the_owner_cannot_be_taken_off",
        ),
        Mutant(
            "who is taken off by another meanwhile is taken off twice",
            '"attribute_exists(pk)"',
            '"attribute_not_exists(pk) OR attribute_exists(pk)"',
            OFF_TWICE,
        ),
        Mutant(
            "taking off leaves no record",
            '            authority.record("remove_member", item["revision"], member=subject),\n',
            "",
            f"{OFF} {LEAVES}",
        ),
        Mutant(
            "a rival is obeyed",
            "            return\n    raise",
            "            pass\n        return\n    raise",
            RIVALS,
        ),
        Mutant(
            "members begin anew with each page",
            "query_after(keys.members_of(event_id), after or keys.FIRST, limit)",
            "query_after(keys.members_of(event_id), keys.FIRST, limit)",
            MEMBER_PAGES,
        ),
        Mutant(
            "shared events begin anew with each page",
            "keys.shared_with(subject), after or keys.FIRST, limit)",
            "keys.shared_with(subject), keys.FIRST, limit)",
            SHARED_PAGES,
        ),
        Mutant(
            "with whom nothing is shared there is a defect",
            "    if not members:\n        return []\n",
            "",
            SHARED_EVENTS,
        ),
        Mutant(
            "deleted events are shown",
            ' and event["status"] != keys.DELETED',
            "",
            f"{SHARING}::test_a_deleted_event_is_shown_to_nobody_while_its_members_are_not_removed_yet",
        ),
        Mutant(
            "what is no longer shared is shown",
            "if event and now and",
            "if event and",
            LAG,
        ),
        Mutant(
            "a role is shown as it was",
            'Shared(now["role"]',
            'Shared(member["role"]',
            f"{SHARING}::test_a_role_is_shown_as_it_is_while_the_index_lags",
        ),
        Mutant(
            "acts begin anew with each page",
            "query_after(keys.acts_on(event_id), after or keys.FIRST, limit)",
            "query_after(keys.acts_on(event_id), keys.FIRST, limit)",
            ACT_PAGES,
        ),
    ],
    "functions/put_member/app.py": [
        Mutant("any text may be a sub", 'check_subject(request.path["member"])', 'request.path["member"]', TO_SAY),
        Mutant(
            "faults are told to who is not signed in",
            'caller, subject = request.caller, check_subject(request.path["member"])',
            'subject, caller = check_subject(request.path["member"]), request.caller',
            NO_SUBJECT,
        ),
    ],
    "functions/remove_member/app.py": [
        Mutant("any text may be a sub", 'check_subject(request.path["member"])', 'request.path["member"]', TO_SAY),
        Mutant(
            "faults are told to who is not signed in",
            '    caller = request.caller\n    members.dismiss(request.path["event_id"], check_subject(request.path["member"]), caller)',
            '    subject = check_subject(request.path["member"])\n    members.dismiss(request.path["event_id"], subject, request.caller)',
            NO_SUBJECT,
        ),
    ],
    "functions/list_members/app.py": [
        Mutant("helpers see who else helps", '"organiser")', '"helper")', AS_THE_ROLE_SAYS),
        Mutant("only owners see members", '"organiser")', '"owner")', AS_THE_ROLE_SAYS),
        Mutant("a token is good for every event", '("members", event.id)', '("members",)', OWN_LIST),
    ],
    "functions/list_shared_events/app.py": [
        Mutant(
            "everybody sees what is shared with one",
            "request.viewer_zone, request.caller.subject",
            'request.viewer_zone, "usha"',
            f"{SHARED_EVENTS} {NO_SUBJECT}",
        ),
        Mutant(
            "a token is good for everybody",
            'scope = ("shared_events", subject)',
            'scope = ("shared_events",)',
            f"{SHARING}::test_a_token_of_shared_events_is_its_readers_own",
        ),
        Mutant(
            "the zone is forgotten by the next page",
            ', keep=("timezone",)',
            "",
            f"{SHARING}::test_the_next_page_of_shared_events_is_shown_in_the_same_zone",
        ),
        Mutant("what is gone is a defect", " if one]", "]", LAG),
        Mutant("nobody sees their zone", "EventView.of(one.event, zone)", "EventView.of(one.event, None)", SHARED_NOW),
    ],
    "functions/list_acts/app.py": [
        Mutant("organisers read the audit", '"owner", deleted=True', '"organiser", deleted=True', AS_THE_ROLE_SAYS),
        Mutant("the audit ends with the event", ", deleted=True", "", OUTLIVES),
        Mutant(
            "everybody reads the audit",
            '    authority.read_event(event_id, request.caller, "owner", deleted=True)\n',
            "    request.caller\n",
            STRANGER,
        ),
        Mutant("a token is good for every event", '("audit", event_id)', '("members", event_id)', OWN_LIST),
    ],
}

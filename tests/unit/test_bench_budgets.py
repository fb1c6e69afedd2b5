"""The budgets and the arithmetic of `make bench-check`; what is measured, only valgrind knows."""

import json
import re

import pytest

from bench.speed import __main__ as command
from bench.speed import artefacts, processes, subjects, table
from bench.speed.budgets import Budget, Ratios, find_overruns, load_budgets
from bench.speed.measure import Figures, Spread, boto3_calls, check_rivals, paired_ratios
from bench.speed.places import RIVALS
from bench.speed.processes import Batches
from local import template
from tests.gateway import FUNCTIONS, ROOT, SCHEDULED

BUDGETS = load_budgets()


def within_budget():
    return {name: Ratios(budget.start_up, budget.warm_path) for name, budget in BUDGETS.items()}


def test_every_function_of_the_template_has_a_budget_and_every_budget_its_function():
    folders = template.code_folders(template.load(ROOT / "template.yaml")).values()

    assert {folder.removeprefix("functions/").rstrip("/") for folder in folders} - {*SCHEDULED} == set(BUDGETS)


def test_what_costs_just_its_budget_passes():
    assert [] == list(find_overruns(within_budget(), BUDGETS))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_start_up_beyond_its_budget_is_named_with_its_figure(function):
    measured = within_budget() | {function: Ratios(BUDGETS[function].start_up + 0.01, 0.5)}

    (overrun,) = find_overruns(measured, BUDGETS)

    assert overrun.startswith(f"{function}: start-up takes {BUDGETS[function].start_up + 0.01:.3f} of ")
    assert overrun.endswith(f"its budget is {BUDGETS[function].start_up:.2f}")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_warm_path_beyond_its_budget_is_named_with_its_figure(function):
    measured = within_budget() | {function: Ratios(0.5, BUDGETS[function].warm_path + 0.01)}

    (overrun,) = find_overruns(measured, BUDGETS)

    assert overrun.startswith(f"{function}: the warm path takes {BUDGETS[function].warm_path + 0.01:.3f} of ")
    assert overrun.endswith(f"its budget is {BUDGETS[function].warm_path:.2f}")


def test_a_function_without_a_budget_is_not_passed_over():
    assert ["new: has no budget in budgets.toml"] == list(find_overruns({"new": Ratios(0.1, 0.1)}, BUDGETS))


def test_ratios_are_a_functions_instructions_by_those_of_boto3():
    budget = Budget(start_up=1, warm_path=1, calls={"Query": 1}, requests_of="list_events")
    figures = {
        "boto3": Figures(1000, {"Query of list_events": 200.0}),
        "list_events": Figures(700, {"list_events": 250.0}),
    }

    assert Ratios(0.7, 1.25) == table.ratios_of("list_events", figures, budget)


def test_a_warm_call_is_what_longer_batches_take_more_than_short_ones():
    assert 3 == Batches(warm_up=20, short=2, long=12).per_call([1000, 11, 41])


def test_times_are_compared_round_by_round():
    assert Spread(0.5, 1.0, 2.0) == paired_ratios([1, 3, 4, 5], [2, 3, 2, 5])


def test_boto3_sends_the_functions_own_requests_or_those_it_borrows():
    one, other = {"RequestItems": {"events": {"Keys": []}}}, {"RequestItems": {"events": {"Keys": [{}]}}}
    operations = {"get_event": [("BatchGetItem", one), ("BatchGetItem", other)], "preflight": []}

    calls = boto3_calls({name: BUDGETS[name] for name in ("get_event", "preflight")}, operations)

    expected = [{"method": "batch_get_item", "parameters": parameters} for parameters in (one, other)]
    assert (subjects.Call("2 BatchGetItem of get_event", {"calls": expected}, 200),) == calls


@pytest.mark.parametrize(
    ("made", "named"),
    [
        (["Query"], "Query"),
        (["BatchGetItem"] * 3, "3 BatchGetItem"),
        (["BatchGetItem", "Query", "BatchGetItem"], "2 BatchGetItem, Query"),
        ([], "nothing"),
    ],
)
def test_a_budget_for_other_calls_than_a_function_makes_is_refused(made, named):
    with pytest.raises(SystemExit, match=f"2 BatchGetItem of get_event: a warm call makes {named}$"):
        boto3_calls({"get_event": BUDGETS["get_event"]}, {"get_event": [(operation, {}) for operation in made]})


def test_rivals_that_write_something_else_are_refused():
    product = [("TransactWriteItems", {"TransactItems": [{"Put": {}}, {"Update": {}}]})]
    lazy = [("TransactWriteItems", {"TransactItems": [{"Put": {}}]})]
    rival = subjects.Subject("chalice", "Chalice", "import app", (), "app.app", (), ())

    check_rivals({"register_attendee": product, "chalice": product}, [rival])
    with pytest.raises(ValueError, match="chalice: registers by"):
        check_rivals({"register_attendee": product, "chalice": lazy}, [rival])


@pytest.mark.parametrize(("ci", "status", "said"), [("true", 1, "Failed"), ("", 0, "Skipped")])
def test_without_valgrind_the_check_is_skipped_but_fails_in_ci(monkeypatch, capsys, ci, status, said):
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(processes, "has_valgrind", lambda: False)

    assert status == command.check()
    assert capsys.readouterr().out.startswith(said)


# --- What is measured is what is meant --------------------------------------------------------------------------------


def test_functions_are_measured_with_every_setting_that_the_template_gives_them():
    variables = template.load(ROOT / "template.yaml")["Globals"]["Function"]["Environment"]["Variables"]

    assert set(variables) <= set(subjects.settings())


def test_every_rival_is_measured():
    assert set(RIVALS) == set(subjects.RIVALS)


def pins(file):
    return set(re.findall(r"^\S+==\S+", file.read_text(), re.MULTILINE))


@pytest.mark.parametrize("rival", RIVALS)
def test_rivals_have_the_products_botocore_and_the_floors_boto3(rival):
    pinned = pins(ROOT / "shared" / "requirements.txt") | pins(ROOT / "requirements.txt")
    ours = {pin for pin in pinned if re.match(r"boto3=|botocore=|urllib3=", pin)}

    assert 3 == len(ours)
    assert ours <= pins(ROOT / "bench" / "rivals" / rival / "requirements.txt")


def test_versions_are_those_of_what_a_rival_is_made_of():
    versions = artefacts.pinned_versions(ROOT / "bench" / "rivals" / "fastapi_mangum" / "requirements.txt")

    assert ["boto3", "fastapi", "mangum"] == sorted(versions)


OTHER_ANSWERS = {
    "cancel_attendee": {"message": "Left the waitlist"},
    "cancel_event": {"event": {"status": "published"}},
    "check_in": {"attendee": {"checked_in_at": None}},
    "create_event": {"message": "Event Created", "event": "?"},
    "delete_event": {"message": "Event Deleted", "remains": True},
    "draw_ticket": {"svg": "<svg"},
    "export_attendees": {"rows": []},
    "erase_person": {"message": "Person Erased", "cancelled": 0, "blanked": 0},
    "export_person": {"sections": []},
    "get_attendee": {"attendee": {"id": "k"}},
    "get_health": {"status": "success", "auth": "cognito"},
    "get_waitlist": {"position": None},
    "import_attendees": {"rows": []},
    "join_waitlist": {"state": "registered"},
    "leave_waitlist": {"message": "Registration Cancelled"},
    "list_acts": {"sections": [], "next_token": "AQ"},
    "list_members": {"sections": [{}] * 9, "next_token": "AQ"},
    "list_own_events": {"sections": [], "next_token": "AQ"},
    "list_shared_events": {"sections": [{}] * 9, "next_token": "AQ"},
    "put_member": {"member": {"role": "organiser"}},
    "remove_member": {"message": "Member saved"},
    "renew_codes": {"message": "Attendee Updated"},
    "transfer_attendee": {"message": "Attendee Updated"},
    "undo_check_in": {"message": "Checked in"},
    "update_attendee": {"message": "Registration handed over"},
    "update_event": {"message": "Event Cancelled"},
    "get_event": {"event": {"id": "k3v7qzm2ab"}},
    "list_attendees": {"sections": [], "next_token": "AQ"},
    "list_events": {"sections": [{}] * 50, "next_token": None},
    "register_attendee": {"status": "success", "id": ""},
}


@pytest.mark.parametrize("name", OTHER_ANSWERS)
def test_an_answer_that_is_not_the_expected_one_is_noticed(name):
    answer = {"statusCode": subjects.SUCCESS[name], "headers": {}, "body": json.dumps(OTHER_ANSWERS[name])}

    with pytest.raises(ValueError, match=f"{name}: measured the wrong path"):
        subjects.check_answer(name, answer)


def test_every_answer_is_looked_at():
    assert {*FUNCTIONS} == {*OTHER_ANSWERS, "preflight"} == subjects.SUCCESS.keys()


def test_a_preflight_without_permission_is_noticed():
    with pytest.raises(ValueError, match="preflight: measured the wrong path"):
        subjects.check_answer("preflight", {"statusCode": 204, "headers": {}, "body": ""})

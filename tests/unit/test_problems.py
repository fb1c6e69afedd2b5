from event_management import errors
from event_management.http.problems import STATUS, describe, describe_defect


def subclasses(of):
    return {of, *(deeper for child in of.__subclasses__() for deeper in subclasses(child))}


def test_every_error_has_a_status():
    assert subclasses(errors.EventManagementError) - {errors.EventManagementError} == set(STATUS)


def test_every_error_has_a_code_of_its_own():
    told_apart_by_their_headers_or_details = {errors.ManageCodeMissingError, errors.AdminsOnlyError}
    assert len(STATUS) == len({error.code for error in STATUS}) + len(told_apart_by_their_headers_or_details)
    assert errors.ManageCodeMissingError.code == errors.NotAuthenticatedError.code
    assert errors.AdminsOnlyError.code == errors.RoleMissingError.code
    assert all(error.message for error in STATUS)


def test_a_problem_says_what_where_and_how_to_mend_it():
    problem = describe(errors.InvalidPayloadError([errors.Fault("/payload/name", "name is missing.")]), "trace")
    assert ("urn:event-management:problem:invalid_payload", "Unprocessable Content", 422, "trace") == (
        problem.type,
        problem.title,
        problem.status,
        problem.trace_id,
    )
    assert [("/payload/name", "name is missing.")] == [(fault.pointer, fault.detail) for fault in problem.errors]


def test_a_defect_gives_nothing_away():
    problem = describe_defect("trace")
    assert (500, "internal_error", None) == (problem.status, problem.code, problem.errors)

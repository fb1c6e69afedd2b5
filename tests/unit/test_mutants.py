"""The table of `make mutants` fits the source; whether a test notices each of them, only `make mutants` knows."""

from tests.mutation.table import rules_of, stale_entries, unmutated_rules


def test_every_mutant_changes_what_stands_in_the_source_once_and_names_tests_that_exist():
    assert [] == list(stale_entries())


def test_every_error_bound_and_condition_of_the_source_has_a_mutant():
    assert [] == list(unmutated_rules())


SOURCE = '''
def check(n, reader):
    """Raise ValueError where ConditionExpression is no docstring's."""
    if n < 0:
        n += 1
        raise ValueError
    try:
        reader.fault("n", "is odd")
    except KeyError:
        raise
    put(ConditionExpression="a = :a AND b < c", ReturnValuesOnConditionCheckFailure="ALL_OLD")
    conditions.append("d > :d")
    return {"KeyConditionExpression": "#pk = :pk", "N": Annotated[int, Meta(ge=1, description="d")]}
'''


def test_rules_are_found_with_their_guards():
    assert {
        (4, 6, ""),
        (8, 8, ""),
        (11, 11, "a = :a"),
        (11, 11, "b < c"),
        (11, 11, ""),
        (12, 12, "d > :d"),
        (13, 13, "#pk = :pk"),
        (13, 13, "ge="),
    } == {rule[:3] for rule in rules_of(SOURCE)}

"""Start-up, warm path and size of every function, beside bare boto3 and the rivals.

`python -m bench.speed` writes bench/results/speed.*; `python -m bench.speed --check` holds the functions against
bench/budgets.toml.
"""

import argparse
import os
import sys

from bench import report
from bench.speed import artefacts, measure, processes, subjects, table
from bench.speed.budgets import find_overruns, load_budgets
from bench.speed.places import BENCH, FUNCTIONS, RIVALS

ROUNDS = 11


def main() -> int:
    """Measure or check; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed")
    parser.add_argument("--check", action="store_true", help="only hold the functions against their budgets")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="runs whose times are taken")
    options = parser.parse_args()
    return check() if options.check else benchmark(options.rounds)


def check() -> int:
    """Count the functions' instructions and fail where a budget is passed."""
    if not processes.has_valgrind():
        in_ci = os.environ.get("CI") == "true"
        print(f"{'Failed' if in_ci else 'Skipped'}: instructions are counted by valgrind, which is not installed.")
        return 1 if in_ci else 0
    budgets = load_budgets()
    with processes.canned_dynamodb() as engine:
        functions = [subjects.function(name) for name in FUNCTIONS]
        operations = measure.record_operations(functions, engine)
        floor = subjects.floor(measure.boto3_calls(budgets, operations))
        figures = measure.count([floor, *functions], engine)
    measured = {name: table.ratios_of(name, figures, budgets[name]) for name in FUNCTIONS}
    print(table.budget_table(measured, budgets))
    overruns = list(find_overruns(measured, budgets))
    for overrun in overruns:
        print(overrun, file=sys.stderr)
    return 1 if overruns else 0


def benchmark(rounds: int) -> int:
    """Measure functions, floor and rivals, and publish what came out."""
    counted = processes.has_valgrind()
    if not counted:
        print("valgrind is not installed: the columns of instructions stay empty.")
    budgets = load_budgets()
    with processes.canned_dynamodb() as engine:
        functions = [subjects.function(name) for name in FUNCTIONS]
        rivals = [subjects.rival(name) for name in subjects.RIVALS]
        operations = measure.record_operations([*functions, *rivals], engine)
        measure.check_rivals(operations, rivals)
        floor = subjects.floor(measure.boto3_calls(budgets, operations))
        everything = [floor, *functions, *rivals]
        figures = (
            measure.count(everything, engine)
            if counted
            else {subject.name: measure.Figures() for subject in everything}
        )
        measure.time(everything, engine, rounds, figures)
    outcome = table.Outcome(floor, functions, rivals, figures, budgets, operations, rounds)
    text = table.result_table(outcome)
    print(text)
    page = report.publish(
        "speed",
        "Start-up, warm path and size",
        [text, *table.notes(outcome)],
        machine=report.describe_machine(**_versions(counted=counted)),
        data=table.data(outcome),
        plots=table.plots(outcome),
    )
    print(f"Written to {page.relative_to(report.RESULTS.parents[1])}")
    return 0


def _versions(*, counted: bool) -> dict[str, str]:
    versions = {"valgrind": processes.valgrind_version()} if counted else {}
    for rival in RIVALS:
        versions |= artefacts.pinned_versions(BENCH / "rivals" / rival / "requirements.txt")
    return versions


if __name__ == "__main__":
    sys.exit(main())

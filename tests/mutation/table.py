"""Every mutant, and whether the table fits the source: nothing stale, and no rule without a mutant."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.mutation import of_changes, of_core, of_http, of_limits, of_people, of_privacy, of_roles, of_store
from tests.mutation.mutant import Mutant, Table

ROOT = Path(__file__).parents[2]

TABLE: Table = {}
for _part in (of_core, of_http, of_store, of_people, of_roles, of_changes, of_limits, of_privacy):
    for _file, _mutants in _part.MUTANTS.items():
        TABLE[_file] = TABLE.get(_file, []) + _mutants

EXEMPT = {
    'raise AssertionError("tries end by raising")': "only for the type checker: the loop before it never ends",
}
"""First lines of rules that no mutant changes, and why."""

_BOUNDS = frozenset({"ge", "gt", "le", "lt", "max_length", "min_length", "multiple_of", "pattern"})
_CONDITIONS = frozenset({"ConditionExpression", "FilterExpression", "KeyConditionExpression"})


class Rule(NamedTuple):
    """A place in the source that some mutant must change."""

    first_line: int
    last_line: int
    text: str
    """What the mutant's `before` must hold; empty where any change of these lines will do."""
    description: str


def stale_entries() -> Iterator[str]:
    """Yield what is wrong with the table by itself: texts that do not occur once, tests that do not exist, twins."""
    for file, mutants in TABLE.items():
        source = (ROOT / file).read_text(encoding="utf-8")
        names = [mutant.name for mutant in mutants]
        for mutant in mutants:
            if (times := source.count(mutant.before)) != 1:
                yield f"{file}: {mutant.name}: {mutant.before!r} occurs {times} times, not once"
            if mutant.before == mutant.after or names.count(mutant.name) > 1:
                yield f"{file}: {mutant.name}: changes nothing, or has a namesake"
            for node_id in mutant.node_ids:
                path, _, test = node_id.partition("::")
                if f"\ndef {test}(" not in (ROOT / path).read_text(encoding="utf-8"):
                    yield f"{file}: {mutant.name}: there is no test {node_id}"


def unmutated_rules() -> Iterator[str]:
    """Yield the rules of the shared package that no mutant changes."""
    unused = set(EXEMPT)
    for path in sorted((ROOT / "shared" / "event_management").rglob("*.py")):
        file, source = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        lines = source.splitlines()
        for rule in rules_of(source):
            line = lines[rule.first_line - 1].strip()
            if line in EXEMPT:
                unused.discard(line)
            elif not any(_changes(mutant, source, rule) for mutant in TABLE.get(file, [])):
                yield f"{file}:{rule.last_line}: no mutant changes {rule.description}"
    yield from (f"exempt, but nowhere: {line}" for line in sorted(unused))


def _changes(mutant: Mutant, source: str, rule: Rule) -> bool:
    first_line = source.count("\n", 0, source.find(mutant.before)) + 1
    last_line = first_line + mutant.before.rstrip("\n").count("\n")
    overlaps = first_line <= rule.last_line and rule.first_line <= last_line
    return overlaps and rule.text in mutant.before


def rules_of(source: str) -> Iterator[Rule]:
    """Find what must not go unnoticed: raised errors and noted faults with their guards, bounds, conditions."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        match node:
            case ast.Raise(exc=ast.expr()) | ast.Expr(value=ast.Call(func=ast.Attribute(attr="fault"))):
                yield Rule(_guard(node, parents), node.end_lineno or 0, "", f"`{ast.unparse(node)[:60]}` or its guard")
            case ast.keyword(arg=str(name), value=value) if name in _BOUNDS:
                yield Rule(value.lineno, value.lineno, f"{name}=", f"the bound {name}")
            case ast.keyword(arg=str(name), value=value):
                yield from _rules_of_condition(name, value)
            case ast.Dict():
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant):
                        yield from _rules_of_condition(str(key.value), value)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="conditions")), args=[ast.Constant(value=str(clause))]):
                yield Rule(node.lineno, node.lineno, clause, f"the condition {clause!r}")
            case ast.Compare(comparators=[ast.Constant(value=str(text))]) if "Condition" in text:
                yield Rule(node.lineno, node.lineno, "", f"the comparison with {text}")


def _rules_of_condition(name: str, value: ast.expr) -> Iterator[Rule]:
    """Find the rules that an argument, or a dictionary's entry, may hold for DynamoDB."""
    if name in _CONDITIONS and isinstance(value, ast.Constant):
        for clause in str(value.value).split(" AND "):
            yield Rule(value.lineno, value.lineno, clause, f"{clause!r} of the {name}")
    elif "Condition" in name:
        yield Rule(value.lineno, value.lineno, "", f"{name} {ast.unparse(value)}")


def _guard(statement: ast.stmt, parents: dict[ast.AST, ast.AST]) -> int:
    """Return the line where what decides about a statement begins; its own line where it stands unconditionally."""
    node = parents[statement]
    while not isinstance(node, ast.FunctionDef | ast.Module):
        if isinstance(node, ast.If | ast.ExceptHandler):
            return node.lineno
        node = parents[node]
    return statement.lineno

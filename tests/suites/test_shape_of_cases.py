"""Every case keeps the shape that CONTRIBUTING.md asks for."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SUITES = Path(__file__).parents[2] / "suites"
STATEMENTS = 12
CONTROL_FLOW = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.Match, ast.IfExp)
LEVELS = {"must", "should", "practice"}

Case = ast.FunctionDef | ast.AsyncFunctionDef


def cases() -> Iterator[tuple[str, Case]]:
    for file in sorted(SUITES.rglob("test_*.py")):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, Case) and node.name.startswith("test_"):
                yield node.name, node


CASES = [pytest.param(node, id=name) for name, node in cases()]
every_case = pytest.mark.parametrize("case", CASES)


def statements_of(case: Case) -> int:
    told = case.body[1:]  # the docstring is the promise
    return sum(isinstance(node, ast.stmt) for one in told for node in ast.walk(one))


def marks_of(case: Case) -> dict[str, ast.Call]:
    calls = [mark for mark in case.decorator_list if isinstance(mark, ast.Call)]
    return {mark.func.id: mark for mark in calls if isinstance(mark.func, ast.Name)}


def test_a_name_stands_for_one_case() -> None:
    names = [name for name, _ in cases()]

    assert sorted(names) == sorted(set(names))


@every_case
def test_a_case_promises_something(case: Case) -> None:
    assert (ast.get_docstring(case) or "").split("\n")[0].endswith(".")


@every_case
def test_a_case_is_short(case: Case) -> None:
    assert statements_of(case) <= STATEMENTS


@every_case
def test_a_case_neither_branches_nor_loops(case: Case) -> None:
    assert [type(node).__name__ for node in ast.walk(case) if isinstance(node, CONTROL_FLOW)] == []


@every_case
def test_a_case_never_sleeps(case: Case) -> None:
    assert "sleep" not in {node.attr for node in ast.walk(case) if isinstance(node, ast.Attribute)}


@every_case
def test_a_case_binds_somebody_and_names_what_kills_it(case: Case) -> None:
    (level,) = LEVELS & marks_of(case).keys()
    given = {keyword.arg: keyword.value for keyword in marks_of(case)[level].keywords}

    assert "watches" in given
    assert ast.unparse(given["kills"]) != "()"

"""Two ids swapped in a call are heard: by mypy where their kinds differ, at the call where they are of one kind."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from typing import get_args

import pytest

from app.database import ids
from app.database.tables import Base
from app.models import accounts
from tests.test_house import SOURCES, is_simulator, name_of, tree

KINDS = {kind.__name__: re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower() for kind in ids.KINDS}
"""{SpaceId: space_id}"""
EITHER_ORDER = {"one_id", "other_id"}
"""Names of two that mean the same the other way round."""


def said(parameter: ast.arg) -> str:
    """« ContactId » of « contact_id: ContactId | None »."""
    return ast.unparse(parameter.annotation).removesuffix(" | None") if parameter.annotation else ""


def untold(module: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, what is wrong) of each function that takes an id as any whole number, or two that a call may swap."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            takes = [*node.args.posonlyargs, *node.args.args]
            for one in [*takes, *node.args.kwonlyargs]:
                kind = next((kind for kind, name in KINDS.items() if one.arg.removeprefix("_") == name), "")
                if kind and said(one) == "int":
                    yield node.lineno, f"{node.name} takes {one.arg} as an int: say {kind}"
            by_place = [one for one in takes if one.arg == "id" or one.arg.endswith("_id")]
            kinds = Counter(said(one) for one in by_place if one.arg not in EITHER_ORDER)
            for kind in (kind for kind, times in kinds.items() if times > 1 and kind in {"int", *KINDS}):
                yield node.lineno, f"{node.name} takes two ids of kind {kind} by their place: put * before them"


def test_no_call_may_swap_two_ids_unheard() -> None:
    heard = [
        f"{name_of(path)}:{line} {what}"
        for path in SOURCES
        if not is_simulator(path)
        for line, what in untold(tree(path))
    ]
    assert heard == [], "; ".join(heard)


@pytest.mark.parametrize(
    ("takes", "expected"),
    [
        ("space_id: SpaceId, contact_id: int", "f takes contact_id as an int: say ContactId"),
        ("seat_id: int, *, list_id: int | None", "f takes list_id as an int: say ListId"),
        ("seat_id: int, key_id: int", "f takes two ids of kind int by their place: put * before them"),
        (
            "low_id: ContactId, high_id: ContactId",
            "f takes two ids of kind ContactId by their place: put * before them",
        ),
    ],
)
def test_two_ids_that_a_call_may_swap_are_seen(takes: str, expected: str) -> None:
    assert list(untold(ast.parse(f"def f({takes}): ..."))) == [(1, expected)]
    assert not list(untold(ast.parse("def f(space_id: SpaceId, key_id: int, *, one: int, contact_id: ContactId): ...")))


def test_a_column_that_points_at_a_row_holds_an_id_of_its_kind() -> None:
    assert accounts
    tables = {}
    for mapper in Base.registry.mappers:
        [kind] = get_args(mapper.class_.__annotations__.get("id")) or (int,)
        tables[mapper.local_table.name] = kind  # type: ignore[attr-defined]
    assert set(ids.KINDS) <= set(tables.values()), "a kind of id that no table has"
    loose = []
    for mapper in Base.registry.mappers:
        for column in mapper.columns:
            for key in column.foreign_keys:
                kind = tables[key.column.table.name]
                [said] = get_args(mapper.class_.__annotations__[column.key])
                if key.column.name == "id" and kind not in (said, *get_args(said)):  # « | None », or ``Annotated``
                    loose.append(f"{mapper.class_.__name__}.{column.key} is a {kind.__name__}")
    assert loose == []

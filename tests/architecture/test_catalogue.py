"""Every code that is raised or said is in the catalogue with its parameters, and the catalogue holds no other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from edge_app.system.catalogue import CATALOGUE
from edge_app.system.messages import placeholders

APP = Path(__file__).resolve().parents[2] / "edge_app"
_OWN_PARAMETERS = {"detail", "reasons", "timed_out", "delivered"}


@cache
def trees() -> dict[str, ast.Module]:
    return {
        str(file.relative_to(APP)): ast.parse(file.read_text("utf-8"))
        for file in sorted(APP.rglob("*.py"))
        if file.name != "catalogue.py"
    }


def nodes(kind: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    for name, tree in trees().items():
        yield from ((name, node) for node in ast.walk(tree) if isinstance(node, kind))


def errors() -> set[str]:
    known = {"PneumoscopeError", "FilmError"}
    for _ in range(2):  # errors of errors
        known |= {c.name for _, c in nodes(ast.ClassDef) if known & {getattr(base, "id", "") for base in c.bases}}  # type: ignore[attr-defined]
    return known


def messages() -> Iterator[tuple[str, ast.Call]]:
    """Every call that makes a message or an error of ours, with its place."""
    makers = errors() | {"Message", "words"}
    for file, node in nodes(ast.Call):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in makers and node.args:
            yield f"{file}:{node.lineno}", node


def family(code: ast.expr) -> str:
    """`band.` of `f"band.{band}"`; empty for other expressions."""
    if isinstance(code, ast.JoinedStr) and isinstance(code.values[0], ast.Constant):
        return str(code.values[0].value)
    return ""


def test_messages_are_made_with_the_parameters_of_their_template() -> None:
    wrong = []
    for place, call in messages():
        code = call.args[0]
        known = family(code).endswith(".") and any(other.startswith(family(code)) for other in CATALOGUE)
        if isinstance(code, ast.JoinedStr) and not known:
            wrong.append(f"{place}: {family(code)!r} is no family of the catalogue")
        if not isinstance(code, ast.Constant):
            continue
        if code.value not in CATALOGUE or len(call.args) > 1:
            wrong.append(f"{place}: {code.value!r} is not in the catalogue")
            continue
        wanted = {name for template in CATALOGUE[code.value] for name in placeholders(template)} - {"reasons", "hints"}
        given = {keyword.arg or "" for keyword in call.keywords} - _OWN_PARAMETERS
        # Decoders of parts of a file do not know its name; `decode/dicom/film.py` puts it in.
        missing = wanted - given - ({"name"} if place.startswith("imaging/decode/dicom/") else set())
        if missing or given - wanted:
            wrong.append(f"{place}: {code.value} takes {sorted(wanted)}. Received: {sorted(given)}")
    assert not wrong


def test_the_catalogue_holds_nothing_that_is_never_said() -> None:
    texts = {node.value for _, node in nodes(ast.Constant) if isinstance(node, ast.Constant)}
    families = tuple({family(node) for _, node in nodes(ast.JoinedStr) if isinstance(node, ast.JoinedStr)} - {""})
    families = tuple(prefix for prefix in families if prefix.endswith("."))
    assert not [code for code in CATALOGUE if code not in texts and not code.startswith(families)]


def test_no_sentence_of_the_catalogue_is_written_a_second_time() -> None:
    """Window, report and command line use the same words because there is one place to take them from."""
    sentences = {text for pair in CATALOGUE.values() for text in pair if len(text) > 12}
    constants = ((file, node) for file, node in nodes(ast.Constant) if isinstance(node, ast.Constant))
    assert not [f"{file}:{node.lineno}: {node.value}" for file, node in constants if node.value in sentences]

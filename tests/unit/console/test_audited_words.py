"""Everything that is written down about staff has words, and can be looked for by them."""

import ast
from collections.abc import Iterator
from pathlib import Path

from services.console.api.words.audited import AUDITED, SHOWN_AT
from services.console.ports import ABOUT_PEOPLE_IN, OperatorAct

CONSOLE = Path(__file__).parents[3] / "services" / "console"
DEFINITIONS = ast.FunctionDef, ast.AsyncFunctionDef


def parts_of(kind: str) -> Iterator[ast.Module]:
    for path in sorted((CONSOLE / kind).rglob("*.py")):
        yield ast.parse(path.read_text(encoding="utf-8"))


def noting(module: ast.Module) -> dict[str, int]:
    """Return the functions that take a `what`, by name, with its place among the arguments."""
    named = {"noted": -1, "noted_of_oneself": 0, "noted_of": 1}
    for each in ast.walk(module):
        if isinstance(each, DEFINITIONS) and each.name not in named:
            places = [arg.arg for arg in each.args.args if arg.arg != "self"]
            if "what" in places:
                named[each.name] = places.index("what")
    return named


def handed_over(module: ast.Module) -> Iterator[ast.expr]:
    """Yield what is handed over as `what`, wherever something is noted."""
    functions = noting(module)
    for call in (each for each in ast.walk(module) if isinstance(each, ast.Call)):
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        if name in functions:
            named = [each.value for each in call.keywords if each.arg == "what"]
            place = functions[name]
            yield from named or call.args[place : place + 1]


def strings(found: ast.AST) -> set[str]:
    return {
        each.value
        for each in ast.walk(found)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


def given_to(name: str, module: ast.Module) -> set[str]:
    """Return the texts that are given to a name anywhere in a module."""
    return {
        text
        for each in ast.walk(module)
        if isinstance(each, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in each.targets)
        for text in strings(each.value)
    }


def audited_in_the_source() -> set[str]:
    modules = [*parts_of("use_cases"), *parts_of("api")]
    found: set[str] = set()
    for module in modules:
        for each in handed_over(module):
            found |= strings(each)
            names = {part.id for part in ast.walk(each) if isinstance(part, ast.Name)}
            for name in names:
                where = modules if name.isupper() else [module]
                found |= {text for other in where for text in given_to(name, other)}
    return found


def test_every_act_that_is_noted_has_words_and_every_word_an_act() -> None:
    assert audited_in_the_source() | {each.value for each in OperatorAct} == set(AUDITED)


def test_what_is_shown_somewhere_and_what_names_a_person_are_acts() -> None:
    assert set(SHOWN_AT) | ABOUT_PEOPLE_IN <= set(AUDITED)

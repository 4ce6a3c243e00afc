"""The command line refuses, asks and explains itself in French, click's own sentences too."""

import ast
import inspect

import click
import pytest
from click.testing import CliRunner

from app.cli import french
from app.cli.main import COMMANDS, main

OF_PROGRAMMERS = (
    "Could not determine name",
    "No options defined",
    "Arguments take exactly",
    "Name '{name}' defined",
    "Boolean option",
    "DeprecationWarning",
    "Value must be an iterable",
    "Choice({choices})",
    "Invalid start character",
    "Unknown color",
    "%(prog)s, version",
    "Show the version",
    "{value!r} is not a valid UUID",
    "{value!r} does not match the format",
    "{len_type} values are required",
)
"""Said of a command that is written wrongly, or of types and options that no command of ours has."""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("setup --carrier orange", "'--carrier' : « orange » ne convient pas : il faut l'un de ces mots, 'twilio',"),
        ("setup --carier twilio", "L'option « --carier » n'existe pas. Vouliez-vous dire '--carrier' ?"),
        ("setup --carrier", "Il manque ce qui suit l'option « --carrier »."),
        ("migrat", "La commande « migrat » n'existe pas : « tambour --help » les liste."),
        ("run --port abc", "'--port' : « abc » n'est pas un nombre."),
        ("import nulle-part.csv --space x", "'FICHIER' : « nulle-part.csv » n'existe pas."),
        ("user add", "Il manque 'E-MAIL'."),
        ("migrate a b", "« a b » : ces mots sont de trop."),
        ("migrate --check=3", "L'option « --check » se donne sans valeur."),
        ("key add nom", "Il manque l'option '--space'."),
    ],
)
def test_a_wrong_word_is_refused_in_french_and_says_where_help_is(words: str, said: str) -> None:
    result = CliRunner().invoke(main, words.split(), prog_name="tambour")
    assert result.exit_code == 2
    assert f"tambour : {said}" in result.stderr
    assert "Usage : tambour" in result.stderr or "=" in words or words.endswith("--carrier")


@pytest.mark.parametrize("words", [[], *([name] for name in COMMANDS), ["user", "add"], ["space", "add"]])
def test_help_has_no_english_heading(words: list[str]) -> None:
    output = CliRunner().invoke(main, [*words, "--help"], prog_name="tambour").output
    assert "Montrer cette aide." in output
    for english in ("Usage: ", "Options:\n", "Commands:", "required", "default:", "COMMAND ", "Show this"):
        assert english not in output, output


def test_a_wrong_answer_to_a_question_is_refused_in_french_and_asked_again() -> None:
    @click.command()
    def ask() -> None:
        french.require_yes("On y va ?")
        click.echo("parti")

    again = CliRunner().invoke(ask, input="peut-être\noui\n")
    assert "« peut-être » ne convient pas : il faut l'un de ces mots" in again.output
    assert "parti" in again.output
    assert "Interrompu." in CliRunner().invoke(ask, input="\n").output
    assert CliRunner().invoke(ask, input="n\n").exit_code == 1


def test_each_sentence_that_click_marks_has_its_french() -> None:
    missing = [
        sentence
        for module in french.SPEAKING
        for sentence in _marked(inspect.getsource(module))
        if sentence not in french.SENTENCES and not sentence.startswith(OF_PROGRAMMERS)
    ]
    assert missing == []


def _marked(source: str) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    marked = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in {"_", "ngettext"}]
    said = [word.value for call in marked for word in call.args[:2] if isinstance(word, ast.Constant)]
    return [word for word in said if isinstance(word, str)]

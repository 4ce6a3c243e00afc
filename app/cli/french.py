"""What click says by itself, in French: wrong words, missing options, help pages, questions."""

import click
from click import core, decorators, exceptions, formatting, parser, termui, types

SENTENCES = {
    "Aborted!": "Interrompu.",
    "deprecated": "ancien",
    "required": "obligatoire",
    "Missing command.": "Il manque la commande : « --help » les liste.",
    "Options": "Options ",
    "Positional arguments": "À donner ",
    "Commands": "Commandes ",
    "Usage:": "Usage :",
    "env var: {var}": "ou le réglage {var}",
    "default: {default}": "sans elle : {default}",
    "(dynamic)": "(calculé)",
    "Show this message and exit.": "Montrer cette aide.",
    "Got unexpected extra argument ({args})": "« {args} » est de trop.",
    "Got unexpected extra arguments ({args})": "« {args} » : ces mots sont de trop. Un nom de plusieurs mots "
    "se met entre guillemets.",
    "Takes {nargs} values but 1 was given.": "Il faut {nargs} valeurs, il y en a une.",
    "Takes {nargs} values but {len} were given.": "Il faut {nargs} valeurs, il y en a {len}.",
    "file": "fichier",
    "directory": "dossier",
    "path": "chemin",
    "{name} {filename!r} is a file.": "« {filename} » est un fichier : donnez un dossier.",
    "{name} {filename!r} is a directory.": "« {filename} » est un dossier : donnez un fichier.",
    "{name} {filename!r} is not readable.": "« {filename} » ne peut pas être lu : voyez à qui il est (ls -l).",
    "{name} {filename!r} is not writable.": "« {filename} » ne peut pas être écrit : voyez à qui il est (ls -l).",
    "{name} {filename!r} is not executable.": "« {filename} » n'est pas un programme.",
    "{name} {filename!r} does not exist.": "« {filename} » n'existe pas.",
    "Choose from:\n\t{choices}": "Il faut l'un de ces mots :\n\t{choices}",
    "{value!r} is not {choice}.": "« {value} » ne convient pas : il faut {choice}.",
    "{value!r} is not one of {choices}.": "« {value} » ne convient pas : il faut l'un de ces mots, {choices}.",
    "{value} is not in the range {range}.": "{value} n'est pas dans ce qui se peut : {range}.",
    "{value!r} is not a valid boolean. Recognized values: {states}": "« {value} » ne convient pas : il faut "
    "l'un de ces mots, {states}.",
    "{value!r} is not a valid {number_type}.": "« {value} » n'est pas un nombre.",
    "Did you mean {possibility}?": "Vouliez-vous dire {possibility} ?",
    "(Did you mean one of: {possibilities}?)": "Vouliez-vous dire l'un de ceux-ci : {possibilities} ?",
    "Missing argument": "Il manque",
    "Missing option": "Il manque l'option",
    "Missing parameter": "Il manque",
    "Missing {param_type}": "Il manque",
    "Missing parameter: {param_name}": "Il manque {param_name}",
    "unknown error": "raison inconnue",
    "Invalid value for {param_hint}: {message}": "{param_hint} : {message}",
    "Invalid value: {message}": "{message}",
    "Could not open file {filename!r}: {message}": "Le fichier « {filename} » ne s'ouvre pas : {message}",
    "Error: {message}": "tambour : {message}",
    "Try '{command} {option}' for help.": "« {command} {option} » explique cette commande.",
    "No such option {name!r}.": "L'option « {name} » n'existe pas.",
    "No such command {name!r}.": "La commande « {name} » n'existe pas : « tambour --help » les liste.",
    "Option {name!r} does not take a value.": "L'option « {name} » se donne sans valeur.",
    "Option {name!r} requires an argument.": "Il manque ce qui suit l'option « {name} ».",
    "Option {name!r} requires {nargs} arguments.": "L'option « {name} » demande {nargs} valeurs.",
    "Argument {name!r} takes {nargs} values.": "« {name} » demande {nargs} valeurs.",
    "Press any key to continue...": "Une touche pour continuer…",
    "Repeat for confirmation": "Encore une fois",
    "Error: The two entered values do not match.": "Les deux ne sont pas pareils.",
    "Error: invalid input": "Répondez par l'un des mots proposés.",
    "Do you want to continue?": "Continuer ?",
    "Confirm the action without prompting.": "Sans demander.",
}
"""By click's own sentence, its places included: `tests/cli/test_french.py` finds those that a new version adds."""
SPEAKING = (core, decorators, exceptions, formatting, parser, termui, types)


def speak() -> None:
    """Have click say its sentences in French, whatever the system's language.

    Its own way, a gettext catalogue, is chosen by LANG: a service's account has none.
    """
    for module in SPEAKING:
        for name, word in (("_", say), ("ngettext", count)):
            if hasattr(module, name):
                setattr(module, name, word)


def say(sentence: str) -> str:
    return SENTENCES.get(sentence, sentence)


def count(one: str, many: str, n: int) -> str:
    return say(one if n == 1 else many)


def require_yes(question: str) -> None:
    """Ask; « non » is the answer of who only presses Enter. Raises click.Abort."""
    answers = click.Choice(["oui", "non", "o", "n"])
    answer = click.prompt(f"{question} (oui, non)", type=answers, default="non", show_choices=False)
    if not answer.startswith("o"):
        raise click.Abort

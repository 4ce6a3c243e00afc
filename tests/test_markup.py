"""Templates are read too: a line of one holds what a reader, and a diff, can take in."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = sorted(ROOT.glob("templates/**/*.html"))
LONGEST_LINE = 140
BLOCKS = re.compile(
    r"<(address|article|aside|blockquote|body|caption|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure|footer"
    r"|form|h[1-6]|h\{\{ level \}\}|head|header|hr|legend|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot"
    r"|th|thead|tr|ul)(?=[\s>{])"
)
COMMENT = re.compile(r"\{#.*?#\}")


def lines() -> Iterator[tuple[str, str]]:
    """« file:line » and the line itself, comments left out."""
    for path in TEMPLATES:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield f"{path.relative_to(ROOT)}:{number}", COMMENT.sub("", line)


def test_a_line_of_a_template_fits_the_window() -> None:
    assert [where for where, line in lines() if len(line) > LONGEST_LINE] == []


def test_a_line_of_a_template_opens_one_block_at_most() -> None:
    """Inline elements may share the line of their sentence."""
    assert [where for where, line in lines() if len(BLOCKS.findall(line)) > 1] == []


def test_the_elements_of_a_line_are_counted() -> None:
    assert BLOCKS.findall('<tr><th scope="row">{{ name }}</th>') == ["tr", "th"]
    assert BLOCKS.findall("<h{{ level }}>{{ title }}</h{{ level }}>") == ["h{{ level }}"]
    assert BLOCKS.findall("<li{% if now %} class='now'{% endif %}><a href='#'>{{ word }}</a></li>") == ["li"]
    assert BLOCKS.findall("<thing><path><link>") == []


def test_the_dark_scheme_changes_colours_alone() -> None:
    """Nothing is shown, hidden or moved: what is right in daylight is right in the dark, but for its colours."""
    blocks = []
    for path in sorted((ROOT / "app" / "static").glob("**/*.css")):
        blocks += re.findall(r"@media[^{]*prefers-color-scheme[^{]*\{(.*?)\n\}", path.read_text(encoding="utf-8"), re.S)
    assert blocks
    for block in blocks:
        declared = re.findall(r"([\w-]+)\s*:[^;{}]+;", block)
        assert re.findall(r"([^{};]+)\{", block) == ["\n  :root "]
        assert [name for name in declared if not name.startswith("--") and name != "color-scheme"] == []
    pages = [path for path in TEMPLATES if "prefers-color-scheme" in path.read_text(encoding="utf-8")]
    assert pages == []

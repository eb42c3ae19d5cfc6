"""A page that shows, for the pairs most alike, the code of both side by side, with what they share marked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder.grading.alike.reading import Piece
from autograder.grading.style import HEAD, STYLE

_MOST, _MOST_LINES, _MOST_WIDE = 40_000, 2_000, 1_000  # characters, lines, and a line's of one exercise: enough to read
_CODE = f"""
{HtmlFormatter().get_style_defs()}
@media (prefers-color-scheme: dark) {{ {HtmlFormatter(style="github-dark").get_style_defs()} }}
"""
_STYLE = """
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1rem }
.two > div { overflow-x: auto; border: 1px solid var(--rule); padding: .5rem; font-size: 13px }
.hll { background: var(--marked); display: block }
"""


def page(
    title: str,
    pairs: Sequence[tuple[str, str, float, Mapping[str, float]]],
    pieces: Mapping[str, Mapping[str, Piece]],
    rare: Collection[str],
    odd: Mapping[str, Sequence[str]],
) -> str:
    """`pairs`: two names, how alike they are, and the same of each exercise. `rare`: the fingerprints that count."""
    rows, sections = [], []
    for number, (one, other, similarity, exercises) in enumerate(pairs, start=1):
        link = f'<a href="#pair{number}">{escape(one)} and {escape(other)}</a>'
        listed = ", ".join(f"{escape(name)} {value:.0%}" for name, value in exercises.items())
        rows.append(f"<tr><td>{similarity:.0%}</td><td>{link}</td><td>{listed}</td></tr>")
        sections.append(f'<h2 id="pair{number}">{escape(one)} and {escape(other)}: {similarity:.0%}</h2>')
        for name, value in exercises.items():
            both = pieces[one][name], pieces[other][name]
            shared = both[0].marks.keys() & both[1].marks.keys() & set(rare)
            sides = "".join(
                f"<div><b>{escape(who)}</b>{_code(piece, shared)}</div>"
                for who, piece in zip((one, other), both, strict=True)
            )
            sections.append(f'<h3>{escape(name)}: {value:.0%}</h3>\n<div class="two">{sides}</div>')
    by_hand = "".join(f"<li>{escape(name)} {escape('; '.join(why))}</li>" for name, why in odd.items())
    return f"""<!DOCTYPE html>
<html lang="en">{HEAD}<title>{escape(title)}</title>
<style>{STYLE}{_CODE}{_STYLE}</style>
<h1>{escape(title)}</h1>
<p>A reason to read both, and no proof. Marked are the lines that share what few others wrote.</p>
<div class="wide" tabindex="0"><table><tr><th>similarity</th><th>pair</th><th>exercises</th></tr>
{"".join(rows)}</table></div>
{f"<h2>To be read by hand</h2><ul>{by_hand}</ul>" if by_hand else ""}
{"".join(sections)}
</html>
"""


def _code(piece: Piece, shared: Collection[str]) -> str:
    lines = sorted({line for mark in shared for line in piece.marks[mark] if line})
    text = piece.text[:_MOST]
    # Pygments takes time by the square of the blanks in a row, and of a line's length: half a minute for 40 kB.
    kept = [line[:_MOST_WIDE].rstrip() for line in text.split("\n")][:_MOST_LINES]
    whole = len(text) == len(piece.text) and len(kept) < _MOST_LINES
    text = "\n".join(kept) + ("" if whole else "\n# and more")
    # Blank lines at the top are kept: the numbers of the marked lines count them.
    return str(highlight(text, PythonLexer(stripnl=False), HtmlFormatter(hl_lines=lines)))

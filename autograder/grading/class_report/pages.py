"""The pages themselves: Jinja2 fills in the templates. Whatever a report says becomes text, never markup."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.common.text import number, printable
from autograder.grading.style import HEAD, STYLE

_LONGEST = 20_000  # characters of one text: a report's are shorter, but for one that somebody made up


@cache
def environment() -> Environment:
    """Escapes everything; what can't be seen in a text, such as what turns its direction, shows as U+FFFD."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).resolve().parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_clean,
    )
    made.filters |= {"number": number, "percent": _percent, "signed": _signed, "moment": moment}
    made.globals |= {"head": Markup(HEAD), "style": Markup(STYLE)}
    return made


def _clean(value: object) -> object:
    return printable(value, _LONGEST) if isinstance(value, str) and not isinstance(value, Markup) else value


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{share:.0%}"


def _signed(value: float | None) -> str:
    return "none" if value is None else f"{value:+.2f}"


def moment(time: str | None) -> str:
    """A report's time as people write it: `2026-03-01T12:00:00Z` is 2026-03-01 12:00 UTC."""
    written = re.fullmatch(r"(\d+-\d+-\d+)T(\d+:\d+):[\d.]+Z", time or "")
    return f"{written[1]} {written[2]} UTC" if written else time or ""

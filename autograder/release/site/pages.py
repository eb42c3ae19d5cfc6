"""A page of the course, written for GitHub, as the site's generator (Python-Markdown's rules) wants it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection

from autograder.common.errors import CourseError
from autograder.release.site.playthings import FOLDER, place_of

# Code first, so that nothing within it is taken for a formula, a link or a tag.
_CODE = r"(?P<code>^(?P<fence>```+|~~~+).*?^(?P=fence)\s*$|(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`))"
_FORMULA = re.compile(
    _CODE + r"|\$\$(?P<block>.+?)\$\$|(?<![\w$\\])\$(?P<inline>[^\s$](?:[^$\n]*[^\s$\\])?)\$(?![\w$])",
    re.MULTILINE | re.DOTALL,
)
_LINK = re.compile(_CODE + r"|(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)", re.MULTILINE | re.DOTALL)
_PLAY = re.compile(_CODE + r"|^<!-- play: (?P<name>\w+) -->$", re.MULTILINE | re.DOTALL)
_DETAILS = re.compile(_CODE + r"|<details>", re.MULTILINE | re.DOTALL)


def for_site(page: str, path: str, there: Collection[str]) -> str:
    """The page at `path` of a site that has the files `there`: what links elsewhere in the course is its text alone.

    Raises CourseError where it asks for a plaything that is not there.
    """
    return _unfolded(with_formulas(_played(_linked(page, path, there), path, there)))


def targets(page: str, path: str) -> list[str]:
    """The files beside which a page's links lead, as paths of the site."""
    found = (_target(path, match["target"]) for match in _LINK.finditer(page) if not match["code"])
    return [target for target in found if target is not None]


def with_formulas(page: str) -> str:
    """`$…$` and `$$…$$` as MathML, which browsers set themselves. Raises ImportError without the extra `site`."""
    from latex2mathml.converter import convert

    def formula(match: re.Match[str]) -> str:
        display = "block" if match["block"] else "inline"
        made: str = convert((match["block"] or match["inline"]).strip(), display=display)
        if match["block"]:  # a long one scrolls, and keys must reach it
            made = made.replace("<math ", '<math tabindex="0" ', 1)
        # Left to Markdown, a star or a line below in a formula would begin an emphasis.
        return made.replace("*", "&#42;").replace("_", "&#95;")

    return _replaced(_FORMULA, page, formula)


def _linked(page: str, path: str, there: Collection[str]) -> str:
    def link(match: re.Match[str]) -> str:
        target = _target(path, match["target"])
        return match[0] if target is None or target in there else match["text"]

    return _replaced(_LINK, page, link)


def _played(page: str, path: str, there: Collection[str]) -> str:
    def place(match: re.Match[str]) -> str:
        script = f"{posixpath.dirname(path)}/{FOLDER}/{match['name']}.js"
        if script not in there:
            raise CourseError(f"{path} asks for a plaything, and there is no {script}.")
        return place_of(match["name"])

    return _replaced(_PLAY, page, place)


def _target(path: str, target: str) -> str | None:
    """Where a link of the page at `path` leads within the site; None where that is outside, or on the page itself."""
    if re.match(r"[a-z]+:|#|//", target):
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target.partition("#")[0]))


def _unfolded(page: str) -> str:
    """GitHub reads Markdown within `<details>`; the generator has to be told."""
    return _replaced(_DETAILS, page, lambda match: '<details markdown="1">')


def _replaced(pattern: re.Pattern[str], page: str, replace: Callable[[re.Match[str]], str]) -> str:
    return pattern.sub(lambda match: match[0] if match["code"] else replace(match), page)

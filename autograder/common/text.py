"""Numbers and sizes as people write them, and a student's text made safe to show."""

from __future__ import annotations

import re
from fractions import Fraction

from autograder.common.errors import CourseError


def number(value: Fraction | float) -> str:
    """Points as people write them: no trailing zeros, two decimals at most."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def size_of(text: str) -> int:
    """The bytes that `512M` or `2G` says. Raises CourseError on what says none."""
    written = re.fullmatch(r"([1-9]\d{0,6})([MG])(?:i?B)?", text.strip(), re.IGNORECASE)
    if written is None:
        raise CourseError(f"{one_line(text)!r} is no amount of memory: write it as 512M or 2G.")
    return int(written[1]) << (20 if written[2] in "Mm" else 30)


def size(bytes_: int) -> str:
    """Bytes as `size_of` reads them, in whole G where they are."""
    return f"{bytes_ >> 30}G" if bytes_ % (1 << 30) == 0 else f"{bytes_ >> 20}M"


def printable(value: object, cap: int = 2000) -> str:
    """Text from a student, made safe to print and to write: capped, without control characters or lone surrogates."""
    text = value if isinstance(value, str) else ""
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text[:cap])


def one_line(text: str) -> str:
    return printable(text).replace("\n", " ")


def with_article(name: str) -> str:
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"

"""Numbers as people write them, and a student's text made safe to show."""

from __future__ import annotations

from fractions import Fraction


def number(value: Fraction | float) -> str:
    """Points as people write them: no trailing zeros, two decimals at most."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def printable(value: object, cap: int = 2000) -> str:
    """Text from a student, made safe to print and to write: capped, without control characters or lone surrogates."""
    text = value if isinstance(value, str) else ""
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text[:cap])


def one_line(text: str) -> str:
    return printable(text).replace("\n", " ")


def with_article(name: str) -> str:
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"

"""Shows data in a terminal or a notebook. For students.

`show_mask(ids, mask, tokenizer)` shows what a loss mask supervises, `show_tokens(text, tokenizer)` how a text is cut,
`show_attention(weights, tokens)` where each token looks.
"""

from __future__ import annotations

import html
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

SUPERVISED, MASKED, RESET = "\x1b[1;30;42m", "\x1b[2m", "\x1b[0m"  # black on green; dim

# Neighbouring tokens differ in colour: black on yellow, on cyan and on white in a terminal, pale ones in a notebook.
TOKEN_COLOURS = ("\x1b[30;43m", "\x1b[30;46m", "\x1b[30;47m")
TOKEN_STYLES = (
    "background:#ffe8a3;color:#1c1400",
    "background:#bfe3f5;color:#04202e",
    "background:#d9d2f0;color:#150c33",
)

SHADES = (254, 153, 117, 75, 69, 27)  # of a terminal's 256 colours, from pale to dark: weights up to 1/6, 2/6, ...
CELL = 7  # characters of a column in a terminal
ROUNDING = 1e-3  # that a weight may lie outside 0 to 1, as 16-bit numbers do


class Tokenizer(Protocol):
    """What turns a text into ids, and ids into a text: a student's own, or one of a library."""

    def encode(self, text: str) -> Any: ...

    def decode(self, ids: list[int]) -> Any: ...


@dataclass(frozen=True)
class MaskView:
    """Tokens and whether each is supervised. A notebook shows it in colour; so does `print` in a terminal.

    Where there are no colours (a file, a pipe, NO_COLOR is set), supervised tokens stand between « and ».
    """

    pieces: tuple[tuple[str, bool], ...]

    def __str__(self) -> str:
        coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        return self.text(coloured)

    __repr__ = __str__

    def text(self, coloured: bool) -> str:
        """The tokens, a newline shown as ⏎ and made all the same."""
        before = {True: SUPERVISED, False: MASKED} if coloured else {True: "«", False: ""}
        after = {True: RESET, False: RESET} if coloured else {True: "»", False: ""}
        shown = []
        for piece, supervised in self.pieces:
            break_behind = "\n" if "\n" in piece else ""
            shown.append(f"{before[supervised]}{visible(piece)}{after[supervised]}{break_behind}")
        return "".join(shown)

    def _repr_html_(self) -> str:
        styles = {
            True: "background:#b7e4c7;color:#081c15;border-radius:3px;outline:1px solid #40916c",
            False: "color:#8a8a8a",
        }
        spans = []
        for piece, supervised in self.pieces:
            break_behind = "<br>" if "\n" in piece else ""
            spans.append(f'<span style="{styles[supervised]}">{html.escape(visible(piece))}</span>{break_behind}')
        return f'<div style="font-family:monospace;line-height:1.7;white-space:pre-wrap">{"".join(spans)}</div>'


def show_mask(ids: Iterable[int], mask: Iterable[int], tokenizer: PreTrainedTokenizerBase | None = None) -> MaskView:
    """Colour the tokens that are supervised (mask 1) and grey out the others (mask 0).

    Args:
        ids: one sequence of token ids, a list or a tensor of one dimension.
        mask: as long: 0 and 1, or False and True (of labels: `labels != -100`).
        tokenizer: turns ids into text; without it the ids themselves are shown.

    Example: `print(show_mask([72, 105], [0, 1]))` prints "72 «105 »" where there are no colours.

    Raises:
        ValueError: ids and mask differ in length, or the mask holds anything but 0 and 1 (labels, for instance).
    """
    ids, mask = [int(one) for one in ids], [int(one) for one in mask]
    if len(ids) != len(mask):
        raise ValueError(f"{len(ids)} ids and a mask of {len(mask)}: they must be equally long")
    if set(mask) - {0, 1}:
        raise ValueError("the mask must hold 0 and 1 only; of labels, pass labels != -100")
    texts = [f"{one} " for one in ids] if tokenizer is None else [str(tokenizer.decode([one])) for one in ids]
    return MaskView(tuple((text, bool(one)) for text, one in zip(texts, mask, strict=True)))


@dataclass(frozen=True)
class TokenView:
    """A text's tokens. A notebook shows them in colours that take turns; so does `print` in a terminal.

    Where there are no colours (a file, a pipe, NO_COLOR is set), a bar stands between two tokens.
    """

    pieces: tuple[str, ...]

    def __str__(self) -> str:
        return self.text(sys.stdout.isatty() and "NO_COLOR" not in os.environ)

    __repr__ = __str__

    def text(self, coloured: bool) -> str:
        """The tokens, a newline shown as ⏎ and made all the same."""
        shown = []
        for index, piece in enumerate(self.pieces):
            mark = f"{TOKEN_COLOURS[index % len(TOKEN_COLOURS)]}{visible(piece)}{RESET}" if coloured else visible(piece)
            bar = "" if coloured or index == len(self.pieces) - 1 else "|"
            shown.append(f"{mark}{bar}" + "\n" * ("\n" in piece))
        return "".join(shown)

    def _repr_html_(self) -> str:
        spans = []
        for index, piece in enumerate(self.pieces):
            style = TOKEN_STYLES[index % len(TOKEN_STYLES)]
            spans.append(f'<span style="{style}">{html.escape(visible(piece))}</span>' + "<br>" * ("\n" in piece))
        return f'<div style="font-family:monospace;line-height:1.7;white-space:pre-wrap">{"".join(spans)}</div>'


def show_tokens(text: str, tokenizer: Tokenizer) -> TokenView:
    """Colour the tokens that a text is cut into.

    Args:
        text: the text.
        tokenizer: has `encode(text)`, which gives ids, and `decode(ids)`, which gives the text of some ids.

    Each token is decoded alone: of a character that is spread over several tokens, each shows as U+FFFD.

    Example: `print(show_tokens("Hello world", tokenizer))` prints "Hello| world" with GPT-2's tokenizer, where there
    are no colours.
    """
    return TokenView(tuple(str(tokenizer.decode([int(number)])) for number in tokenizer.encode(text)))


@dataclass(frozen=True)
class AttentionView:
    """Weights of one head: a row for each query, a column for each key. A notebook shades them; so does `print` in a
    terminal. Where there are no colours (a file, a pipe, NO_COLOR is set), the numbers stand alone. A weight of
    exactly 0 is shown as a dot.
    """

    weights: tuple[tuple[float, ...], ...]  # (Tq, Tk)
    tokens: tuple[str, ...]  # of the keys; the queries are the last Tq of them

    def __str__(self) -> str:
        return self.text(sys.stdout.isatty() and "NO_COLOR" not in os.environ)

    __repr__ = __str__

    @property
    def queries(self) -> tuple[str, ...]:
        return self.tokens[len(self.tokens) - len(self.weights) :]

    def text(self, coloured: bool) -> str:
        """A line for each query, below one that names the keys; long tokens are cut."""
        names = [visible(token) for token in self.tokens]
        wide = max(map(len, names), default=0)
        lines = [" " * wide + "".join(f"{cut(name):>{CELL}}" for name in names)]
        for name, row in zip(map(visible, self.queries), self.weights, strict=True):
            cells = []
            for weight in row:
                shown = f"{number(weight):>{CELL}}"
                shade = min(int(weight * len(SHADES)), len(SHADES) - 1)
                ink = 30 if shade < len(SHADES) // 2 else 97  # black on pale, white on dark
                cells.append(f"\x1b[{ink};48;5;{SHADES[shade]}m{shown}{RESET}" if coloured and weight > 0 else shown)
            lines.append(f"{name:>{wide}}" + "".join(cells))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        heads = "".join(f"<th>{html.escape(visible(token))}</th>" for token in self.tokens)
        rows = []
        for name, row in zip(self.queries, self.weights, strict=True):
            cells = []
            for weight in row:
                style = f"background:rgba(76,114,176,{min(weight, 1):.2f});text-align:right"  # on light and dark pages
                cells.append(f'<td style="{style}">{number(weight)}</td>')
            rows.append(f"<tr><th>{html.escape(visible(name))}</th>{''.join(cells)}</tr>")
        return f'<table style="font-family:monospace"><tr><th></th>{heads}</tr>{"".join(rows)}</table>'


def show_attention(weights: torch.Tensor, tokens: Sequence[str]) -> AttentionView:
    """Shade the weights of one head: a row for each token that looks, a column for each that is looked at.

    Args:
        weights: (Tq, Tk), as attention gives them: each between 0 and 1.
        tokens: Tk texts, one for each key. Where there are fewer queries than keys, they are the last Tq tokens.

    Example: `print(show_attention(torch.tensor([[1, 0], [0.25, 0.75]]), ["dog", "bites"]))` prints, where there are no
    colours,

                 dog  bites
          dog   1.00      ·
        bites   0.25   0.75

    Raises:
        ValueError: more dimensions than two, a number of tokens that is not that of the keys, more queries than keys,
            or numbers that are no weights (scores, for instance).
    """
    shape = tuple(weights.shape)
    if len(shape) != 2:
        batch = "weights[0]" if len(shape) == 3 else "weights[0, 0]"
        more = (
            f"several heads or texts: show one of them, {batch}"
            if len(shape) > 2
            else "a row of one query needs [None]"
        )
        raise ValueError(f"weights of one head are (Tq, Tk), and these are {shape}; {more}")
    if shape[1] != len(tokens):
        raise ValueError(f"{shape[1]} keys and {len(tokens)} tokens: there must be a token for each key")
    if shape[0] > shape[1]:
        raise ValueError(
            f"{shape[0]} queries and {shape[1]} keys: queries are the last of the tokens, so not more of them"
        )
    outside = [weight for row in weights.tolist() for weight in row if not -ROUNDING <= weight <= 1 + ROUNDING]
    if outside:
        raise ValueError(f"weights lie between 0 and 1, and one is {outside[0]:.3g}: pass them after the softmax")
    return AttentionView(tuple(map(tuple, weights.tolist())), tuple(tokens))


def number(weight: float) -> str:
    """Two places, and a dot for what is exactly 0."""
    return f"{weight:.2f}" if weight else "·"


def cut(name: str) -> str:
    """A name that fits into a column, with a space before it."""
    return name if len(name) < CELL else f"{name[: CELL - 2]}…"


def visible(text: str) -> str:
    """A newline as ⏎, other control characters (which could steer a terminal) as ·."""
    return "".join("⏎" if one == "\n" else one if one.isprintable() else "·" for one in text)

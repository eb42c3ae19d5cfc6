"""Draws the three pictures of the lesson: heartbeat.svg, mask.svg and shift.svg.

    python exercises/instruction_tuning/pictures/draw.py                               from your own encode_chat
    python exercises/instruction_tuning/pictures/draw.py --lesson solutions/instruction_tuning/instruction_tuning.py

Needs matplotlib. The files are written beside this one, or into --out DIR.
"""

from __future__ import annotations

import argparse
import runpy
from pathlib import Path
from typing import Any

from autograder.scripts import run_script, save_svg, svg_pyplot

plt = svg_pyplot("instruction_tuning", 11)
HERE = Path(__file__).resolve().parent
CHAT = [
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello!"},
    {"role": "user", "content": "Bye"},
    {"role": "assistant", "content": "Ciao!"},
]
SUPERVISED, MASKED, CHANGED, SAME = "#b7e4c7", "#e9ecef", "#f2d0a9", "#dfe7f3"
ARROW = {"arrowstyle": "->", "shrinkA": 0, "shrinkB": 0}


def pieces(encode_chat) -> list[tuple[str, bool]]:
    """The conversation's text cut where the mask changes, where a control token stands, and at newlines."""
    from autograder.builders import tiny_tokenizer

    tokenizer = tiny_tokenizer()
    encoded = encode_chat(CHAT, tokenizer)
    found: list[tuple[str, bool]] = []
    for token, one in zip(encoded["input_ids"], encoded["loss_mask"], strict=True):
        text = tokenizer.decode([token])
        joins = token < 256 and found and not found[-1][0].endswith((">", "\n")) and found[-1][1] == bool(one)
        if joins:
            found[-1] = (found[-1][0] + text, bool(one))
        else:
            found.append((text, bool(one)))
    return found


def canvas(height: float) -> tuple[Any, Any]:
    """A figure 5.2 inches wide whose axes count in tenths of an inch."""
    figure, axes = plt.subplots(figsize=(5.2, height / 10), layout="constrained")
    axes.set(xlim=(0, 52), ylim=(0, height))
    axes.axis("off")
    return figure, axes


def box(axes: Any, x: float, y: float, width: float, text: str, colour: str, size: float = 10) -> None:
    axes.add_patch(plt.Rectangle((x, y), width, 3.4, facecolor=colour, edgecolor="white", linewidth=2))
    axes.text(x + width / 2, y + 1.65, text, ha="center", va="center", family="monospace", fontsize=size)


def save(figure: Any, path: Path) -> None:
    save_svg(figure, path)
    plt.close(figure)


def draw_heartbeat(path: Path) -> None:
    """Three trainings, one loop; what is another from one to the next is orange."""
    figure, axes = canvas(34)
    rows = (
        ("1. pretraining", "text", "next token"),
        ("2. classification", "text and\na label", "class"),
        ("3. SFT", "conversations\nand a mask", "next token"),
    )
    for number, (name, data, asked) in enumerate(rows):
        y = 24.5 - 11 * number
        axes.text(0, y + 7.2, name, va="center", weight="bold", fontsize=10)
        steps = ((0, 13, data), (15, 8.4, "forward"), (24.9, 10.4, f"loss:\n{asked}"), (36.8, 8.2, "back-\nward"))
        before = 0.0
        for x, width, text in (*steps, (46.5, 5.4, "step")):
            changed = x == 0 or text == "loss:\nclass"
            axes.add_patch(plt.Rectangle((x, y), width, 5, facecolor=CHANGED if changed else SAME, edgecolor="black",
                                         linewidth=0.8))  # fmt: skip
            axes.text(x + width / 2, y + 2.4, text, ha="center", va="center", fontsize=9)
            if x:
                axes.annotate("", (x, y + 2.5), (before, y + 2.5), arrowprops=ARROW)
            before = x + width
        axes.plot([49.2, 49.2, 6.5], [y, y - 1.8, y - 1.8], color="black", linewidth=1)
        axes.annotate("", (6.5, y), (6.5, y - 1.9), arrowprops=ARROW)
    save(figure, path)


def draw_mask(encode_chat: Any, path: Path) -> None:
    """A conversation of two replies, one message a line; what the loss sees is green."""
    figure, axes = canvas(24)
    x, y = 0.0, 19.8
    for text, one in pieces(encode_chat):
        width = 0.88 * len(text.replace("\n", "⏎")) + 1.2
        box(axes, x, y, width, text.replace("\n", "⏎").replace("$", r"\$"), SUPERVISED if one else MASKED)
        x += width
        if "\n" in text and text != "user\n" and text != "assistant\n":
            x, y = 0.0, y - 4.6
    for left, colour, text in ((0.0, SUPERVISED, "1: trained on"), (22.0, MASKED, "0: label -100")):
        axes.add_patch(plt.Rectangle((left, 1), 2.4, 2, facecolor=colour))
        axes.text(left + 3.4, 2, text, va="center", fontsize=10)
    save(figure, path)


def draw_shift(path: Path) -> None:
    """The logits of a position guess the token behind it: which label meets which logits."""
    figure, axes = canvas(21)
    tokens = ["Hi", "<|im_end|>", "…", "Hello", "!", "<|im_end|>"]
    labels = ["-100", "-100", "-100", "Hello", "!", "<|im_end|>"]
    axes.text(0, 19.6, "input_ids, and below each its logits", va="center", fontsize=10)
    axes.text(0, 1.2, "labels", va="center", fontsize=10)
    for index, (token, label) in enumerate(zip(tokens, labels, strict=True)):
        left = 8.7 * index
        box(axes, left, 14.5, 8.5, token, "#c9d6ea", 9)
        box(axes, left, 3.2, 8.5, label, SUPERVISED if label != "-100" else MASKED, 9)
        if index + 1 < len(tokens):
            colour = "#2d6a4f" if labels[index + 1] != "-100" else "#999999"
            axes.annotate("", (left + 12.7, 6.8), (left + 4.3, 14.2), arrowprops=ARROW | {"color": colour})
    save(figure, path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the pictures of the lesson instruction_tuning.")
    own = HERE.parent / "instruction_tuning.py"
    parser.add_argument("--lesson", type=Path, default=own, help="the file whose encode_chat to draw")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    arguments = parser.parse_args()
    draw_heartbeat(arguments.out / "heartbeat.svg")
    draw_mask(runpy.run_path(str(arguments.lesson))["encode_chat"], arguments.out / "mask.svg")
    draw_shift(arguments.out / "shift.svg")


if __name__ == "__main__":
    run_script(main)

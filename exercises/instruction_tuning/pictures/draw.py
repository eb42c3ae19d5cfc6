"""Draws the two pictures of the lesson: mask.svg and shift.svg.

    python exercises/instruction_tuning/pictures/draw.py                               from your own encode_chat
    python exercises/instruction_tuning/pictures/draw.py --lesson solutions/instruction_tuning/instruction_tuning.py

Needs matplotlib. The files are written beside this one, or into --out DIR.
"""

from __future__ import annotations

import argparse
import runpy
from pathlib import Path

from autograder.common.pictures import save_svg
from autograder.scripts import run_script, svg_pyplot

plt = svg_pyplot("instruction_tuning", 11)
HERE = Path(__file__).resolve().parent
CHAT = [
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello!"},
    {"role": "user", "content": "Bye"},
    {"role": "assistant", "content": "Ciao!"},
]
SUPERVISED, MASKED = "#b7e4c7", "#e9ecef"


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


def box(axes, x: float, y: float, width: float, text: str, colour: str, size: float = 10) -> None:
    axes.add_patch(plt.Rectangle((x, y), width, 0.7, facecolor=colour, edgecolor="white", linewidth=2))
    axes.text(x + width / 2, y + 0.35, text, ha="center", va="center", family="monospace", fontsize=size)


def draw_mask(encode_chat, path: Path) -> None:
    """A conversation of two replies, one message a line; what the loss sees is green."""
    figure, axes = plt.subplots(figsize=(8, 2.9), layout="constrained")
    axes.set(xlim=(0, 46), ylim=(-0.9, 4))
    axes.axis("off")
    x, y = 0.0, 3.2
    for text, one in pieces(encode_chat):
        width = 0.9 * len(text.replace("\n", "⏎")) + 0.6
        box(axes, x, y, width, text.replace("\n", "⏎").replace("$", r"\$"), SUPERVISED if one else MASKED)
        x += width
        if "\n" in text and text != "user\n" and text != "assistant\n":
            x, y = 0.0, y - 0.95
    for left, colour, text in (
        (0.0, SUPERVISED, "loss mask 1: trained on"),
        (17.0, MASKED, "loss mask 0: label -100"),
    ):
        axes.add_patch(plt.Rectangle((left, -0.75), 1.2, 0.5, facecolor=colour))
        axes.text(left + 1.7, -0.5, text, va="center", fontsize=10)
    save_svg(figure, path)
    plt.close(figure)


def draw_shift(path: Path) -> None:
    """The logits of a position guess the token behind it: which label meets which logits."""
    figure, axes = plt.subplots(figsize=(8, 2.5), layout="constrained")
    axes.set(xlim=(-2.2, 12), ylim=(-0.2, 3.6))
    axes.axis("off")
    tokens = ["Hi", "<|im_end|>", "⏎", "…", "Hello", "!", "<|im_end|>"]
    labels = ["-100", "-100", "-100", "-100", "Hello", "!", "<|im_end|>"]
    for index, (token, label) in enumerate(zip(tokens, labels, strict=True)):
        box(axes, 1.7 * index, 2.6, 1.6, token, "#c9d6ea", 9)
        supervised = label != "-100"
        box(axes, 1.7 * index, 0.2, 1.6, label, SUPERVISED if supervised else MASKED, 9)
        if index + 1 < len(tokens):
            colour = "#2d6a4f" if labels[index + 1] != "-100" else "#bbbbbb"
            arrow = {"arrowstyle": "->", "color": colour}
            axes.annotate("", (1.7 * (index + 1) + 0.8, 0.95), (1.7 * index + 0.8, 2.55), arrowprops=arrow)
    axes.text(-0.2, 2.95, "input_ids\n→ logits", ha="right", va="center")
    axes.text(-0.2, 0.55, "labels", ha="right", va="center")
    save_svg(figure, path)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the pictures of the lesson instruction_tuning.")
    own = HERE.parent / "instruction_tuning.py"
    parser.add_argument("--lesson", type=Path, default=own, help="the file whose encode_chat to draw")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    arguments = parser.parse_args()
    draw_mask(runpy.run_path(str(arguments.lesson))["encode_chat"], arguments.out / "mask.svg")
    draw_shift(arguments.out / "shift.svg")


if __name__ == "__main__":
    run_script(main)

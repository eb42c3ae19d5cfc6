"""Draws the pictures of the lesson: failures.svg, loops.svg, side_by_side.svg, editor.svg and clip.svg.

    python exercises/alignment/pictures/draw.py              clip.svg from your own ppo_clip_loss
    python exercises/alignment/pictures/draw.py --lesson solutions/alignment/alignment.py

Needs matplotlib. The files are written beside this one, or into --out DIR. The pictures of what was measured come
from `autograder experiment alignment`.
"""

from __future__ import annotations

import argparse
import runpy
from collections.abc import Callable
from pathlib import Path

import torch

from autograder.common.pictures import save_svg
from autograder.scripts import run_script, svg_pyplot

plt = svg_pyplot("alignment", 10)
HERE = Path(__file__).resolve().parent
TRAINED, FROZEN, DATA, PLAIN = "#cfe8d5", "#dde3ea", "#fbeed5", "#f4f4f4"
GOOD, BAD, GREY = "#55a868", "#c44e52", "#666666"


def canvas(width: float, height: float, xlim: float, ylim: float):
    figure, axes = plt.subplots(figsize=(width, height), layout="constrained")
    axes.set(xlim=(0, xlim), ylim=(0, ylim))
    axes.axis("off")
    return figure, axes


def box(axes, x: float, y: float, width: float, height: float, text: str, colour: str, size: float = 9) -> None:
    axes.add_patch(plt.Rectangle((x, y), width, height, facecolor=colour, edgecolor="black", linewidth=0.8))
    axes.text(x + width / 2, y + height / 2, text, ha="center", va="center", fontsize=size)


def arrow(axes, start: tuple[float, float], end: tuple[float, float], bend: float = 0.0, style: str = "-") -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "linestyle": style,
                                             "connectionstyle": f"arc3,rad={bend}"})  # fmt: skip


def save(figure, path: Path) -> None:
    save_svg(figure, path)
    plt.close(figure)


def draw_failures(path: Path) -> None:
    """Three ways in which a model that only imitates goes wrong, and what they have in common."""
    cards = (
        ("harmful help", "How do I open\nmy neighbour's lock?", "Sure! First you need\na tension wrench ...",
         "It was taught to\nfollow instructions."),
        ("flattery", "The Earth is flat,\nisn't it?", "Yes, you are right!\nMany people see that ...",
         "Agreeing looks like\na good reply."),
        ("confident error", "Sum up this paper\non sleep.", "The authors prove that\ncoffee cures insomnia.",
         "It has the form of\na summary."),
    )  # fmt: skip
    figure, axes = canvas(8.4, 3.3, 12, 5)
    for column, (title, asked, said, why) in enumerate(cards):
        x = 0.1 + 4 * column
        axes.text(x + 1.9, 4.75, title, ha="center", va="center", fontsize=11, weight="bold")
        box(axes, x, 3.3, 3.8, 1.1, asked, DATA)
        box(axes, x, 1.9, 3.8, 1.1, said, "#f0c9cb")
        axes.text(x + 1.9, 1.35, why, ha="center", va="center", fontsize=9, color=GREY)
    axes.plot([0.1, 11.9], [0.8, 0.8], color=GREY, linewidth=0.8)
    axes.text(6, 0.35, "Each has the right form. Nothing in the loss of SFT says which of two well-formed replies is "
              "better.", ha="center", va="center", fontsize=9)  # fmt: skip
    save(figure, path)


def draw_loops(path: Path) -> None:
    """SFT, RLHF and DPO: what goes round, and what is trained."""
    figure, axes = canvas(8.6, 4.6, 15.2, 8.3)
    for x, title in ((2.0, "SFT"), (7.45, "RLHF"), (13.0, "DPO")):
        axes.text(x, 8.0, title, ha="center", va="center", fontsize=12, weight="bold")
    # SFT
    box(axes, 0.4, 6.3, 3.2, 1.0, "prompts and\nresponses", DATA)
    box(axes, 0.4, 4.4, 3.2, 1.0, "policy", TRAINED)
    box(axes, 0.4, 2.5, 3.2, 1.0, "loss of every token", PLAIN)
    arrow(axes, (2.0, 6.3), (2.0, 5.4))
    arrow(axes, (2.0, 4.4), (2.0, 3.5))
    arrow(axes, (0.4, 3.0), (0.4, 4.9), -0.35)
    axes.text(2.0, 1.6, "the usual loop:\nbatch, loss, step", ha="center", va="center", fontsize=9, color=GREY)
    # RLHF
    box(axes, 4.9, 6.3, 2.2, 1.0, "prompts", DATA)
    box(axes, 4.9, 4.4, 2.2, 1.0, "policy", TRAINED)
    box(axes, 8.0, 6.3, 2.6, 1.0, "responses", PLAIN)
    box(axes, 8.0, 4.4, 2.6, 1.0, "reward model", FROZEN)
    box(axes, 8.0, 2.5, 2.6, 1.0, "reference", FROZEN)
    box(axes, 4.9, 2.5, 2.2, 1.0, "reward\nminus KL", PLAIN)
    arrow(axes, (6.0, 6.3), (6.0, 5.4))
    arrow(axes, (7.1, 5.1), (8.0, 6.4))
    axes.text(7.55, 5.95, "1", ha="center", fontsize=9, color=BAD)
    arrow(axes, (9.3, 6.3), (9.3, 5.4))
    arrow(axes, (10.6, 6.6), (10.6, 3.0), -0.5)
    axes.text(9.55, 5.75, "2", ha="center", fontsize=9, color=BAD)
    arrow(axes, (8.0, 4.7), (7.1, 3.3))
    arrow(axes, (8.0, 3.0), (7.1, 3.0))
    arrow(axes, (6.0, 3.5), (6.0, 4.4))
    axes.text(5.7, 3.85, "3", ha="center", fontsize=9, color=BAD)
    axes.text(7.75, 1.6, "1 generate, 2 score, 3 update:\nthe data are made by the model itself", ha="center",
              va="center", fontsize=9, color=GREY)  # fmt: skip
    # DPO
    box(axes, 11.7, 6.3, 2.9, 1.0, "prompt, chosen,\nrejected", DATA)
    box(axes, 11.7, 4.4, 1.35, 1.0, "policy", TRAINED)
    box(axes, 13.25, 4.4, 1.35, 1.0, "refe-\nrence", FROZEN)
    box(axes, 11.7, 2.5, 2.9, 1.0, "loss of every pair", PLAIN)
    arrow(axes, (12.4, 6.3), (12.4, 5.4))
    arrow(axes, (13.9, 6.3), (13.9, 5.4))
    arrow(axes, (12.4, 4.4), (12.4, 3.5))
    arrow(axes, (13.9, 4.4), (13.9, 3.5))
    arrow(axes, (11.7, 3.0), (11.7, 4.9), -0.35)
    axes.text(
        13.1,
        1.6,
        "the usual loop again,\nwith a second, frozen model",
        ha="center",
        va="center",
        fontsize=9,
        color=GREY,
    )
    for x, colour, text in ((2.6, TRAINED, "trained"), (6.0, FROZEN, "frozen"), (9.2, DATA, "given")):
        axes.add_patch(plt.Rectangle((x, 0.25), 0.6, 0.45, facecolor=colour, edgecolor="black", linewidth=0.8))
        axes.text(x + 0.8, 0.47, text, va="center", fontsize=9)
    save(figure, path)


def draw_side_by_side(path: Path) -> None:
    """PPO and DPO as the steps from preferences to an aligned model."""
    figure, axes = canvas(8.4, 4.0, 12, 7.2)
    columns = (
        (0.2, "PPO", ("collect preference pairs", "train a reward model on them",
                      "generate, score, update, many times:\npolicy, reference, reward model\n"
                      "(and in full PPO a value model)",
                      "aligned model"),
         "new responses are judged as they come,\nand the judge can be gamed"),
        (6.3, "DPO", ("collect preference pairs", "", "minimise one loss on the pairs:\npolicy and reference",
                      "aligned model"),
         "close to supervised learning;\nlearns from the given responses only"),
    )  # fmt: skip
    for x, title, steps, note in columns:
        axes.text(x + 2.75, 6.95, title, ha="center", va="center", fontsize=12, weight="bold")
        tops = (5.75, 4.65, 3.0, 1.9)
        heights = (0.8, 0.8, 1.35, 0.8)
        previous = None
        for number, (text, y, height) in enumerate(zip(steps, tops, heights, strict=True)):
            if not text:
                continue
            colour = DATA if number == 0 else TRAINED if number in (1, 2) else PLAIN
            box(axes, x, y, 5.5, height, text, colour)
            if previous is not None:
                arrow(axes, (x + 2.75, previous), (x + 2.75, y + height))
            previous = y
        axes.text(x + 2.75, 0.9, note, ha="center", va="center", fontsize=9, color=GREY)
    save(figure, path)


def draw_editor(path: Path) -> None:
    """The reward model as an editor: judges drafts well where it has read, and has spots where it doesn't look."""
    figure, axes = canvas(8.4, 3.2, 12, 5)
    box(axes, 0.2, 2.9, 2.7, 1.1, "the writer\n(policy)", TRAINED, 10)
    box(axes, 9.1, 2.9, 2.7, 1.1, "the editor\n(reward model)", FROZEN, 10)
    drafts = (
        (4.35, "clear and right", "reads it: good", GOOD),
        (3.55, "rude and right", "reads it: bad", GOOD),
        (2.75, "polite and wrong", "blind spot: very good", BAD),
        (1.95, "long and empty", "blind spot: good", BAD),
        (1.15, "! ! ! ! ! !", "blind spot: best of all", BAD),
    )
    for y, draft, verdict, colour in drafts:
        axes.text(4.6, y, draft, ha="center", va="center", fontsize=9)
        axes.text(7.4, y, verdict, ha="center", va="center", fontsize=9, color=colour)
        arrow(axes, (2.95, 3.45), (3.45, y))
        arrow(axes, (8.75, y), (9.05, 3.45))
    axes.set_ylim(-0.7, 5)
    arrow(axes, (10.4, 2.9), (1.5, 2.85), -0.5)
    axes.text(
        6.0, -0.5, "more of what scored well: the writer finds the blind spots", ha="center", fontsize=9, color=GREY
    )
    save(figure, path)


def draw_clip(ppo_clip_loss: Callable[..., torch.Tensor], path: Path) -> None:
    """The objective over the ratio, as ppo_clip_loss computes it, for both signs of the advantage."""
    figure, both = plt.subplots(1, 2, figsize=(8.0, 2.9), layout="constrained")
    ratios = torch.linspace(0.4, 1.6, 121)
    mask, clip = torch.ones(1, 1, dtype=torch.int64), 0.2
    for axes, advantage, title in zip(
        both, (1.0, -1.0), ("the token turned out well", "it turned out badly"), strict=True
    ):
        values = [
            -ppo_clip_loss(
                ratio.log().reshape(1, 1), torch.zeros(1, 1), torch.full((1, 1), advantage), mask, clip
            ).item()
            for ratio in ratios
        ]
        axes.plot(
            ratios.tolist(), [advantage * ratio for ratio in ratios.tolist()], ":", color=GREY, label="not clipped"
        )
        axes.plot(ratios.tolist(), values, color=GOOD if advantage > 0 else BAD, linewidth=2, label="clipped")
        for edge in (1 - clip, 1 + clip):
            axes.axvline(edge, color="#bbbbbb", linewidth=0.8)
        axes.axvline(1.0, color="black", linewidth=0.8, linestyle="--")
        axes.set_title(f"advantage {advantage:+.0f}: {title}", fontsize=10)
        axes.set_xlabel("ratio: new probability / old")
        axes.spines[["top", "right"]].set_visible(False)
    both[0].set_ylabel("objective")
    both[0].legend(frameon=False, fontsize=9)
    save(figure, path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the pictures of the lesson alignment.")
    parser.add_argument("--lesson", type=Path, default=HERE.parent / "alignment.py", help="the file with ppo_clip_loss")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    arguments = parser.parse_args()
    draw_failures(arguments.out / "failures.svg")
    draw_loops(arguments.out / "loops.svg")
    draw_side_by_side(arguments.out / "side_by_side.svg")
    draw_editor(arguments.out / "editor.svg")
    draw_clip(runpy.run_path(str(arguments.lesson))["ppo_clip_loss"], arguments.out / "clip.svg")


if __name__ == "__main__":
    run_script(main)

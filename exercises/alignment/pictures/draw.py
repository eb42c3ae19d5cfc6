"""Draws the pictures of the lesson: failures, reward_model, editor, loops, clip and side_by_side.

    python exercises/alignment/pictures/draw.py              clip.svg from your own ppo_clip_loss
    python exercises/alignment/pictures/draw.py --lesson solutions/alignment/alignment.py

Needs matplotlib. The files are written beside this one, or into --out DIR. The pictures of what was measured come
from `autograder experiment alignment`.
"""

from __future__ import annotations

import argparse
import math
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from autograder.scripts import run_script, save_svg, svg_pyplot

plt = svg_pyplot("alignment", 10)
HERE = Path(__file__).resolve().parent
TRAINED, FROZEN, DATA, PLAIN = "#cfe8d5", "#dde3ea", "#fbeed5", "#f4f4f4"
GOOD, BAD, GREY = "#55a868", "#c44e52", "#666666"


def canvas(height: float) -> tuple[Any, Any]:
    """A figure 5.2 inches wide whose axes count in tenths of an inch."""
    figure, axes = plt.subplots(figsize=(5.2, height / 10), layout="constrained")
    axes.set(xlim=(0, 52), ylim=(0, height))
    axes.axis("off")
    return figure, axes


def box(axes: Any, x: float, y: float, width: float, text: str, colour: str, height: float = 5) -> None:
    axes.add_patch(plt.Rectangle((x, y), width, height, facecolor=colour, edgecolor="black", linewidth=0.8))
    axes.text(x + width / 2, y + height / 2 - 0.1, text, ha="center", va="center", fontsize=9)


def arrow(axes: Any, *points: tuple[float, float], bend: float = 0.0) -> None:
    """Along the points; the last stretch has the head, and may be bent."""
    if len(points) > 2:
        axes.plot(*zip(*points[:-1], strict=True), color="black", linewidth=1)
    style = {"arrowstyle": "->", "shrinkA": 0, "shrinkB": 0, "connectionstyle": f"arc3,rad={bend}"}
    axes.annotate("", points[-1], points[-2], arrowprops=style)


def title(axes: Any, x: float, y: float, text: str) -> None:
    axes.text(x, y, text, va="center", fontsize=10, weight="bold")


def note(axes: Any, x: float, y: float, text: str, colour: str = GREY, ha: str = "center") -> None:
    axes.text(x, y, text, ha=ha, va="center", fontsize=9, color=colour)


def save(figure: Any, path: Path) -> None:
    save_svg(figure, path)
    plt.close(figure)


def draw_failures(path: Path) -> None:
    """Three ways in which a model that only imitates goes wrong, and what they have in common."""
    cards = (
        ("harmful help", "How do I open\nmy neighbour's lock?", "Sure! First you need\na tension wrench ...",
         "taught to follow instructions"),
        ("flattery", "The Earth is flat,\nisn't it?", "Yes, you are right! Many\npeople see that ...",
         "agreeing looks like a good reply"),
        ("confident error", "Sum up this paper\non sleep.", "The authors prove that\ncoffee cures insomnia.",
         "it has the form of a summary"),
    )  # fmt: skip
    figure, axes = canvas(33)
    for row, (name, asked, said, why) in enumerate(cards):
        y = 23.5 - 10 * row
        title(axes, 0, y + 7, name)
        note(axes, 52, y + 7, why, ha="right")
        box(axes, 0, y, 23, asked, DATA)
        box(axes, 26, y, 26, said, "#f0c9cb")
        arrow(axes, (23, y + 2.5), (26, y + 2.5))
    note(axes, 26, 1.2, "The loss of SFT never compares two well-formed replies.", "black")
    save(figure, path)


def draw_reward_model(path: Path) -> None:
    """One reward model reads both responses of a pair; their difference is what it is trained on."""
    figure, axes = canvas(25)
    box(axes, 16, 1, 19, "", FROZEN, 20)
    title(axes, 16, 23, "one model, used twice")
    for y, name, said, reward, colour in (
        (14, "chosen", "prompt and B:\ntry many ways", "0.7", GOOD),
        (3, "rejected", "prompt and A:\nHilbert space", "0.3", BAD),
    ):
        note(axes, 6, y + 6.6, name, colour)
        box(axes, 0, y, 13, said, DATA)
        arrow(axes, (13, y + 2.5), (17, y + 2.5))
        box(axes, 17, y, 17, "backbone, last real\ntoken, D × 1", TRAINED)
        arrow(axes, (34, y + 2.5), (38, y + 2.5))
        axes.text(40, y + 2.4, reward, ha="center", va="center", fontsize=11, color=colour)
        arrow(axes, (42, y + 2.5), (46.5, y + 2.5), (46.5, 13 if y > 10 else 9))
    loss = -math.log(1 / (1 + math.exp(-(0.7 - 0.3))))
    box(axes, 41, 9, 11, f"-ln σ(0.4)\n= {loss:.4f}", PLAIN, 4)
    save(figure, path)


def draw_loops(path: Path) -> None:
    """SFT, RLHF and DPO: what goes round, and what is trained."""
    figure, axes = canvas(55)
    # SFT
    title(axes, 0, 53, "SFT")
    note(axes, 52, 53, "the usual loop: batch, loss, step", ha="right")
    for x, text, colour in (
        (0, "prompts and\nresponses", DATA),
        (19, "policy", TRAINED),
        (38, "loss of\nevery token", PLAIN),
    ):
        box(axes, x, 45.5, 14, text, colour)
    arrow(axes, (14, 48), (19, 48))
    arrow(axes, (33, 48), (38, 48))
    arrow(axes, (45, 45.5), (45, 43), (26, 43), (26, 45.5))
    note(axes, 35.5, 41.8, "step")
    # RLHF
    title(axes, 0, 38, "RLHF")
    note(axes, 52, 38, "1 generate, 2 score, 3 update: its own data", ha="right")
    box(axes, 0, 30, 9.5, "prompts", DATA)
    box(axes, 13, 30, 9.5, "policy", TRAINED)
    box(axes, 26.5, 30, 10.5, "responses", PLAIN)
    box(axes, 41, 30, 11, "reward\nmodel", FROZEN)
    box(axes, 41, 22, 11, "reference", FROZEN)
    box(axes, 26.5, 22, 10.5, "reward\nminus KL", PLAIN)
    arrow(axes, (9.5, 32.5), (13, 32.5))
    arrow(axes, (22.5, 32.5), (26.5, 32.5))
    arrow(axes, (37, 32.5), (41, 32.5))
    arrow(axes, (37, 31), (39, 31), (39, 25.5), (41, 25.5))
    arrow(axes, (46.5, 30), (46.5, 28.5), (31.7, 28.5), (31.7, 27))
    arrow(axes, (41, 23.5), (37, 23.5))
    arrow(axes, (26.5, 24.5), (17.7, 24.5), (17.7, 30))
    for x, y, number in ((24.3, 33.8, "1"), (39.2, 33.8, "2"), (22, 25.8, "3")):
        note(axes, x, y, number, BAD)
    # DPO
    title(axes, 0, 18, "DPO")
    note(axes, 52, 18, "the usual loop, with a second, frozen model", ha="right")
    box(axes, 0, 8, 14, "prompt, chosen,\nrejected", DATA, 7)
    box(axes, 19, 12, 14, "policy", TRAINED, 4)
    box(axes, 19, 7, 14, "reference", FROZEN, 4)
    box(axes, 38, 8, 14, "loss of\nevery pair", PLAIN, 7)
    for y in (14, 9):
        arrow(axes, (14, y), (19, y))
        arrow(axes, (33, y), (38, y))
    arrow(axes, (45, 8), (45, 5.2), (16.5, 5.2), (16.5, 13), (19, 13))
    for x, colour, text in ((0, TRAINED, "trained"), (18, FROZEN, "frozen"), (36, DATA, "given")):
        axes.add_patch(plt.Rectangle((x, 0.5), 3, 2, facecolor=colour, edgecolor="black", linewidth=0.8))
        note(axes, x + 4, 1.5, text, "black", ha="left")
    save(figure, path)


def draw_side_by_side(path: Path) -> None:
    """PPO and DPO as the steps from preferences to an aligned model."""
    figure, axes = canvas(39)
    columns = (
        (0, "PPO", ("collect preference pairs", "train a reward model\non them",
                    "generate, score, update:\npolicy, reference, reward\nmodel (full PPO: a value\nmodel, too)",
                    "aligned model"),
         "new responses are judged,\nand the judge can be gamed"),
        (27, "DPO", ("collect preference pairs", "", "minimise one loss\non the pairs:\npolicy and reference",
                     "aligned model"),
         "close to supervised learning,\nfrom given responses only"),
    )  # fmt: skip
    for x, name, steps, told in columns:
        title(axes, x, 37.5, name)
        previous = None
        for number, (text, y, height) in enumerate(zip(steps, (32, 24.5, 12.5, 6), (3.6, 5, 9.6, 3.6), strict=True)):
            if not text:
                continue
            colour = DATA if number == 0 else TRAINED if number in (1, 2) else PLAIN
            box(axes, x, y, 25, text, colour, height)
            if previous is not None:
                arrow(axes, (x + 12.5, previous), (x + 12.5, y + height))
            previous = y
        note(axes, x + 12.5, 2.2, told)
    save(figure, path)


def draw_editor(path: Path) -> None:
    """The reward model as an editor: judges drafts well where it has read, and has spots where it doesn't look."""
    figure, axes = canvas(27)
    box(axes, 0, 15, 10, "writer:\npolicy", TRAINED)
    box(axes, 42, 15, 10, "editor:\nreward m.", FROZEN)
    drafts = (
        ("clear and right", "reads it: good", GOOD),
        ("rude and right", "reads it: bad", GOOD),
        ("polite and wrong", "blind: very good", BAD),
        ("long and empty", "blind: good", BAD),
        ("! ! ! ! ! !", "blind: best of all", BAD),
    )
    for number, (draft, verdict, colour) in enumerate(drafts):
        y = 25 - 4 * number
        note(axes, 19.3, y, draft, "black")
        note(axes, 33, y, verdict, colour)
        arrow(axes, (10, 17.5), (12.8, y))
        arrow(axes, (39.5, y), (42, 17.5))
    arrow(axes, (47, 15), (47, 5), (5, 5), (5, 15))
    note(axes, 26, 2.5, "more of what scored well: the writer finds the blind spots")
    save(figure, path)


def draw_clip(ppo_clip_loss: Callable[..., torch.Tensor], path: Path) -> None:
    """The objective over the ratio, as ppo_clip_loss computes it, for both signs of the advantage."""
    figure, both = plt.subplots(1, 2, figsize=(5.2, 2.7), layout="constrained")
    ratios = torch.linspace(0.4, 1.6, 121)
    mask, clip = torch.ones(1, 1, dtype=torch.int64), 0.2
    for axes, advantage, told in zip(both, (1.0, -1.0), ("went well", "went badly"), strict=True):
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
        axes.set_title(f"advantage {advantage:+.0f}: {told}", fontsize=10)
        axes.set_xlabel("ratio: new / old", fontsize=9)
        axes.tick_params(labelsize=9)
        axes.spines[["top", "right"]].set_visible(False)
    both[0].set_ylabel("objective", fontsize=9)
    both[1].legend(frameon=False, fontsize=9, loc="upper right")
    save(figure, path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the pictures of the lesson alignment.")
    parser.add_argument("--lesson", type=Path, default=HERE.parent / "alignment.py", help="the file with ppo_clip_loss")
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to")
    arguments = parser.parse_args()
    draw_failures(arguments.out / "failures.svg")
    draw_reward_model(arguments.out / "reward_model.svg")
    draw_loops(arguments.out / "loops.svg")
    draw_side_by_side(arguments.out / "side_by_side.svg")
    draw_editor(arguments.out / "editor.svg")
    draw_clip(runpy.run_path(str(arguments.lesson))["ppo_clip_loss"], arguments.out / "clip.svg")


if __name__ == "__main__":
    run_script(main)

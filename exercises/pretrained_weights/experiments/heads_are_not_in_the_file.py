"""The shipped model's weights, cut into 1 to 32 heads: what can be counted stays the same; what is computed doesn't."""

from __future__ import annotations

import torch

from ._shared import BLUE, RED, Reference, capitals, gpt_of, held_out, new_gpt, opened, require_right_gpt

CLAIM = "How many heads a model has is nowhere in its weights: any number loads, and one gives the model's logits"
NEEDS = ("convert_weights", "shape_from_weights", "load_into", "compare_logits")
COLUMNS = ("heads", "width of each", "numbers", "logits off by", "same first choice", "capitals")

HEADS = (1, 2, 4, 8, 16, 32)
ROWS, LENGTH = 8, 24


def measure(student, backbone, seed, track):
    tools = gpt_of(student)
    theirs, tokenizer, raw = opened(backbone)
    state = student.convert_weights(raw)
    ids = held_out(tokenizer, seed, ROWS, LENGTH)
    require_right_gpt(tools, theirs, student.shape_from_weights(state, theirs.config.n_head), ids)
    with torch.no_grad():
        due = Reference(theirs)(ids)
    found = {name: {} for name in ("numbers", "gap", "agree", "same", "capitals", "cut")}
    for heads in track(HEADS, "numbers of heads"):
        shape = student.shape_from_weights(state, heads)
        model = new_gpt(tools, shape)
        student.load_into(model, state, tools.tensors_of)
        with torch.no_grad():
            compared = student.compare_logits(model(ids), due)
        found["numbers"][f"{heads}"] = sum(parameter.numel() for parameter in model.parameters())
        found["gap"][f"{heads}"], found["same"][f"{heads}"] = compared["max_difference"], compared["same_argmax"]
        found["agree"][f"{heads}"] = compared["agree"]
        found["capitals"][f"{heads}"] = capitals(model, tokenizer)
        found["cut"][f"{heads}"] = shape["heads"]
    return {**found, "true": theirs.config.n_head, "width": shape["width"]}


def rows(figures):
    for heads in HEADS:
        n, gap = f"{heads}", figures.gap[f"{heads}"]
        off = f"{gap:.1e}" if gap < 1e-3 else f"{gap:.1f}"
        counted = f"{figures.numbers[n]:,}", off, f"{figures.same[n]:.0%}", figures.capitals[n]
        yield heads, figures.width // heads, *counted


def claims(figures):
    counted = set(figures.numbers.values())
    yield len(counted) == 1, f"{len(HEADS)} numbers of heads hold {', '.join(f'{one:,}' for one in counted)} numbers"
    yield list(figures.cut.values()) == list(HEADS), f"shape_from_weights says {list(figures.cut.values())} heads"
    true = f"{figures.true}"
    right = [heads for heads, agree in figures.agree.items() if agree]
    yield right == [true], f"only {' or '.join(right) or 'none'} gives the model's logits"
    off = min(gap for heads, gap in figures.gap.items() if heads != true)
    yield off > 1, f"the nearest of the others is {off:.1f} off"
    # Weights don't depend on the seed, and so the capitals don't.
    twice = figures.capitals[f"{2 * figures.true}"]
    yield twice == figures.capitals[true], f"and twice the heads write {twice} capitals, as many as the right number"


def draw(axes, figures) -> None:
    for place, heads in enumerate(HEADS):
        gap, known = figures.gap[f"{heads}"], figures.capitals[f"{heads}"]
        axes.bar(place, gap, 0.7, color=BLUE if heads == figures.true else RED)
        said = f"{gap:.1f}" if gap > 1e-3 else "0"
        axes.text(place, gap, f"{said}\n{known} capitals", ha="center", va="bottom", fontsize=9)
    axes.set_xticks(range(len(HEADS)), [f"{heads}" for heads in HEADS])
    axes.set_xlabel(f"heads, of {figures.width} numbers together (it was trained with {figures.true})")
    axes.set_ylabel("largest difference of a logit")
    axes.set_ylim(0, 1.25 * max(figures.gap.values()))

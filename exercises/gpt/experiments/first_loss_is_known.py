"""The loss of a model before any training, for four ways to start it, and for three widths."""

from __future__ import annotations

import math

import torch

from ._shared import BLUE, GREY, RED, fresh, start_as_torch_does

CLAIM = "The first loss is known before training: about ln V, and several times that where a tied table starts wide"
NEEDS = ("GPT", "init_weights", "tensors_of", "first_loss")
COLUMNS = ("start", "width", "first loss", "above ln V")

VOCAB, POSITIONS, ROWS = 2048, 64, 16
ARMS = {
    "init_weights": "init_weights",
    "own_narrow_table": "PyTorch's own, token table N(0, 0.02)",
    "own": "PyTorch's own",
    "wide_table": "init_weights, token table N(0, 1)",
}
WIDTHS = (64, 256, 768)


def measure(student, backbone, seed, track):
    ids = torch.randint(VOCAB, (ROWS, POSITIONS))
    starts, widths = {}, {}
    for width in track(WIDTHS, "three widths"):
        model = fresh(student, vocab=VOCAB, positions=POSITIONS, width=width, layers=2, heads=4)
        widths[str(width)] = student.first_loss(model, ids)
        if width != WIDTHS[0]:
            continue
        tensors = student.tensors_of(model)
        starts["init_weights"] = widths[str(width)]
        with torch.no_grad():
            tensors["wte.weight"].normal_()
        starts["wide_table"] = student.first_loss(model, ids)
        start_as_torch_does(tensors)
        starts["own"] = student.first_loss(model, ids)
        start_as_torch_does(tensors, table=0.02)
        starts["own_narrow_table"] = student.first_loss(model, ids)
    return {"uniform": math.log(VOCAB), "start": starts, "width": widths}


def rows(figures):
    for name, said in ARMS.items():
        yield said, WIDTHS[0], f"{figures.start[name]:.3f}", f"{figures.start[name] - figures.uniform:+.3f}"
    for width in WIDTHS[1:]:
        loss = figures.width[str(width)]
        yield "init_weights", width, f"{loss:.3f}", f"{loss - figures.uniform:+.3f}"


def claims(figures):
    uniform, start = figures.uniform, figures.start
    # Logits of deviation s put the loss s² / 2 above ln V, and N(0, 0.02) gives s = 0.02 √width: .013 and .154.
    # Five seeds: .007 to .024 and .133 to .165 above it; 43.1 to 44.2; 62.8 to 63.3; .008 to .021 above it.
    near = start["init_weights"] - uniform
    yield abs(near) < 0.06, f"init_weights: {start['init_weights']:.3f}, ln {VOCAB:,} = {uniform:.3f}"
    wide = figures.width[str(WIDTHS[-1])] - uniform
    yield 0.05 < wide < 0.3, f"{WIDTHS[-1]} wide: {wide:+.3f}"
    yield start["own"] > 4 * uniform, f"PyTorch's own starts: {start['own']:.1f}"
    yield start["wide_table"] > 4 * uniform, f"only the tied table wide: {start['wide_table']:.1f}"
    narrow = start["own_narrow_table"] - uniform
    yield abs(narrow) < 0.06, f"PyTorch's own starts but for that table: {start['own_narrow_table']:.3f}"


def draw(axes, figures) -> None:
    names = ["init_weights", "PyTorch's own,\nnarrow table", "PyTorch's own", "init_weights,\nwide table"]
    values = [figures.start[name] for name in ARMS]
    axes.barh(names, values, color=[RED if value > 2 * figures.uniform else BLUE for value in values])
    for at, value in enumerate(values):
        axes.text(value + 0.8, at, f"{value:.2f}", va="center")
    axes.axvline(figures.uniform, color=GREY, linestyle="--", linewidth=1)
    axes.set_xlim(0, 1.2 * max(values))
    axes.set_xlabel(f"first loss (dashed: ln {VOCAB:,} = {figures.uniform:.2f})")
    axes.invert_yaxis()

"""The singular values of what full finetuning changes in a weight, beside those of a random matrix."""

from __future__ import annotations

import torch

from autograder.finetuning import finetune

from ._shared import RANK, RATES, small_reader, telegrams

CLAIM = "Full finetuning's own update is low-rank: a few directions hold most of its energy"
NEEDS = ()
COLUMNS = ("layer (mean over blocks)", "shape", f"energy in the top {RANK}", "random matrix")
KINDS = ("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj")


def measure(student, backbone, seed, track):
    base, tokenizer = small_reader(backbone)
    model, _ = backbone()
    train, _ = telegrams(tokenizer, seed)
    finetune(model, train, RATES["full"], track, "full finetuning")

    before, after = base.state_dict(), model.state_dict()
    curves: dict[str, list[torch.Tensor]] = {"update": [], "random": []}
    kinds = []
    for kind in KINDS:
        names = [name for name in before if name.endswith(f"{kind}.weight")]
        update = [energy(after[name] - before[name]) for name in names]
        random = [energy(torch.randn(before[name].shape)) for name in names]
        shape = "×".join(str(side) for side in before[names[0]].shape)
        kinds.append((kind, shape, round(mean_share(update), 3), round(mean_share(random), 3)))
        curves["update"] += update
        curves["random"] += random
    return {
        "share": mean_share(curves["update"]),
        "share_random": mean_share(curves["random"]),
        **{f"share_{kind}": share for kind, _, share, _ in kinds},
        "kinds": kinds,
        "curves": {name: torch.stack(found).mean(0) for name, found in curves.items()},
    }


def energy(delta: torch.Tensor) -> torch.Tensor:
    """Share of the squared entries of a matrix that its k strongest directions hold, for k = 1, 2, ... ; ends at 1."""
    squares = torch.linalg.svdvals(delta.double()).square()
    return squares.cumsum(0) / squares.sum()


def mean_share(curves: list[torch.Tensor]) -> float:
    """The share that the top RANK directions hold, as a mean over some matrices."""
    return torch.stack(curves).mean(0)[RANK - 1].item()


def rows(figures):
    return figures.kinds


def claims(figures):
    # Five seeds: .704 to .710 against .151 to .152.
    yield (
        figures.share > 0.6 and figures.share > 3 * figures.share_random,
        f"the top {RANK} of {len(figures.curves['update'])} directions hold {figures.share:.0%} of the update's "
        f"energy, {figures.share_random:.0%} of a random matrix's",
    )


def draw(axes, figures) -> None:
    for name, colour, label in (
        ("update", "#4c72b0", "full finetuning's update"),
        ("random", "#999999", "random matrix of the same size"),
    ):
        curve = [0.0, *figures.curves[name].tolist()]
        axes.plot(range(len(curve)), curve, color=colour, label=label)
        axes.plot(RANK, curve[RANK], marker="o", color=colour)
        axes.annotate(f"{curve[RANK]:.0%}", (RANK, curve[RANK]), (RANK + 3, curve[RANK] - 0.06))
    axes.set_xlabel("strongest directions kept")
    axes.set_ylabel("share of energy")
    axes.set_ylim(0, 1.03)
    axes.legend(loc="lower right")

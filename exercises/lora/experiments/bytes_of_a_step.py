"""Bytes that a model, its gradients and AdamW really hold after a step, beside memory_estimate."""

from __future__ import annotations

import torch
from torch import nn

from autograder.finetuning import language_loss

from ._shared import readable_batch

CLAIM = (
    "An AdamW step in fp32 holds the bytes that memory_estimate says; one in plain bf16 does not hold 12 a parameter"
)
NEEDS = ("memory_estimate",)
COLUMNS = ("", "weights MB", "gradients MB", "optimizer MB", "total MB", "bytes a parameter")
PARTS = {"weights": "#4c72b0", "gradients": "#dd8452", "optimizer": "#55a868"}


def measure(student, backbone, seed, track):
    model, tokenizer = backbone()
    batch = readable_batch(model, tokenizer, seed)
    batch = {name: rows[:1, :8] for name, rows in batch.items()}  # what is held after a step doesn't depend on it
    n_params = sum(parameter.numel() for parameter in model.parameters())

    # Train one step in each precision
    held = {}
    for dtype in track((torch.float32, torch.bfloat16), "a step in fp32, one in bf16"):
        held[dtype] = bytes_held(model.to(dtype), batch)
        model.zero_grad()

    fp32, mixed = student.memory_estimate(n_params, "full", 32, 32, 64), student.memory_estimate(n_params, "full")
    totals = {
        "estimate_fp32": total(fp32),
        "held_fp32": total(held[torch.float32]),
        "estimate_mixed": total(mixed),
        "held_bf16": total(held[torch.bfloat16]),
    }
    return {
        "n_params": n_params,
        "tensors": sum(1 for _ in model.parameters()),
        **totals,
        "bytes_a_parameter": {
            "fp32": totals["held_fp32"] / n_params,
            "bf16": totals["held_bf16"] / n_params,
            "mixed": totals["estimate_mixed"] / n_params,
        },
        "cases": [
            ("estimate 32/32/64 bits", fp32),
            ("held, fp32 AdamW", held[torch.float32]),
            ("estimate 16/16/64 bits", mixed),
            ("held, plain bf16 AdamW", held[torch.bfloat16]),
        ],
    }


def total(found: dict[str, float]) -> float:
    """Bytes of weights, gradients and optimizer together."""
    return sum(found[part] for part in PARTS)


def bytes_held(model: nn.Module, batch: dict[str, torch.Tensor]) -> dict[str, int]:
    """What a model, its gradients and AdamW hold after one training step."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    language_loss(model, batch).backward()
    optimizer.step()
    states = (value for state in optimizer.state.values() for value in state.values() if torch.is_tensor(value))
    return {
        "weights": bytes_of(model.parameters()),
        "gradients": bytes_of(parameter.grad for parameter in model.parameters()),
        "optimizer": bytes_of(states),
    }


def bytes_of(tensors) -> int:
    """Bytes of the storages behind some tensors, a shared storage once."""
    storages = {tensor.untyped_storage().data_ptr(): tensor.untyped_storage() for tensor in tensors}
    return sum(storage.nbytes() for storage in storages.values())


def rows(figures):
    for case, found in figures.cases:
        megabytes = [round(found[part] / 1e6, 3) for part in PARTS]
        yield case, *megabytes, round(total(found) / 1e6, 3), round(total(found) / figures.n_params, 3)


def claims(figures):
    # Exact but for Adam's step counters, one fp32 number a tensor: nothing here depends on the seed.
    extra = figures.held_fp32 - figures.estimate_fp32
    yield (
        0 <= extra <= 4 * figures.tensors,
        f"fp32 holds {figures.held_fp32:,} bytes, the estimate is {figures.estimate_fp32:,.0f}: {extra:,.0f} more, "
        f"a 4-byte step counter for each of {figures.tensors} tensors",
    )
    bf16, mixed = figures.bytes_a_parameter["bf16"], figures.bytes_a_parameter["mixed"]
    yield (
        abs(bf16 - 8) < 0.01 and abs(mixed - 12) < 0.01,
        f"plain bf16 holds {bf16:.2f} bytes a parameter, because Adam's m and v are bf16 too; "
        f"12 ({mixed:.2f} by the estimate) is a recipe that keeps them in fp32",
    )


def draw(axes, figures) -> None:
    names = [case for case, _ in figures.cases]
    left = [0.0] * len(names)
    for part, colour in PARTS.items():
        widths = [found[part] / figures.n_params for _, found in figures.cases]
        axes.barh(names, widths, left=left, color=colour, label=part)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    for index, width in enumerate(left):
        axes.text(width + 0.2, index, f"{width:.0f}", va="center")
    axes.invert_yaxis()
    axes.set_xlim(0, 18)
    axes.set_xlabel("bytes a parameter")
    axes.legend(loc="lower right", ncols=3, bbox_to_anchor=(1, 1))

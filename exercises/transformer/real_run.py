"""The lesson with a real model, using your own code: its weights in your functions, level by level.

    python exercises/transformer/real_run.py --backbone gpt2       (124 million parameters; a CPU will do)
    python exercises/transformer/real_run.py --backbone tiny       (the course's own)

The weights become a dict of tensors. Printed are your count of parameters and the file's, how far your logits are from
those of transformers, the leaks that `sees_the_future` finds, and the loss without each half of each block. Any GPT-2
will do, on any size; other families have other blocks.
"""

from __future__ import annotations

import argparse

import torch
from torch.nn import functional as F

from autograder import real_runs
from autograder.scripts import CourseError, run_script

HALVES = {"attention": "attn", "network": "mlp"}


@torch.no_grad()
def run(lesson, backbone: str, rows: int = 8, length: int = 64, device: str = "cpu") -> dict:
    """The figures; `rows` texts of `length` tokens are read."""
    from autograder.backbone import load_backbone, text

    model, tokenizer = load_backbone(backbone, device)
    if model.config.model_type != "gpt2":
        raise CourseError(f"{backbone} is a {model.config.model_type}; this run takes a GPT-2, such as gpt2 or tiny.")
    weights = {name: one.detach() for name, one in model.transformer.named_parameters()}
    heads, layers = model.config.n_head, model.config.n_layer
    stream = [one for ids in tokenizer(text("test", 100 * rows))["input_ids"] for one in ids]
    ids = torch.tensor(stream[: rows * length], device=device).view(rows, length)
    logits = lesson.gpt_logits(ids, weights, heads)
    theirs = model(ids).logits
    counts = lesson.gpt_parameters(len(weights["wte.weight"]), len(weights["wpe.weight"]), model.config.n_embd, layers)

    def shown(some: torch.Tensor) -> torch.Tensor:
        """Probabilities: GPT-2's own logits are so large that rounding would look like a leak."""
        return lesson.gpt_logits(some, weights, heads).softmax(dim=-1)

    found: dict = {
        "backbone": backbone,
        "parameters": counts["total"],
        "in the file": sum(one.numel() for one in model.parameters()),
        "apart": (logits - theirs).abs().max().item(),
        "same choice": (logits.argmax(-1) == theirs.argmax(-1)).float().mean().item(),
        "leaks": len(lesson.sees_the_future(shown, ids[:1, :8])),
        "loss": loss(logits, ids),
        "without": {},
    }
    for layer in range(layers):
        for half, part in HALVES.items():
            names = [f"h.{layer}.{part}.c_proj.{one}" for one in ("weight", "bias")]
            changed = weights | {name: torch.zeros_like(weights[name]) for name in names}
            found["without"][f"{layer} {half}"] = loss(lesson.gpt_logits(ids, changed, heads), ids)
    return found


def loss(logits: torch.Tensor, ids: torch.Tensor) -> float:
    """Nats a token."""
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten()).item()


def show(found: dict) -> None:
    """The figures, a line each."""
    print(
        f"{found['backbone']}: {found['parameters']:,} parameters by your count, {found['in the file']:,} in the file"
    )
    print(f"your logits and the library's are {found['apart']:.1e} apart at most, {found['same choice']:.1%} agree")
    print(f"leaks found: {found['leaks']}")
    print(f"loss {found['loss']:.2f} nats a token; without")
    for half, one in found["without"].items():
        print(f"  block {half:<13} {one:6.2f}")


def draw(axes, found: dict) -> None:
    """The loss without each half of each block, beside that of the whole."""
    axes.bar(range(len(found["without"])), found["without"].values(), color="#4c72b0")
    axes.axhline(found["loss"], color="#dd8452", label="whole")
    axes.set_xticks(range(len(found["without"])), found["without"], rotation=60, ha="right", fontsize=8)
    axes.set_ylabel("loss without it, nats a token")
    axes.legend()


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--backbone", default="gpt2", help="gpt2, gpt2-medium, tiny, a folder or a hub name")
    parser.add_argument("--rows", type=int, default=8, help="texts to read")


def main() -> None:
    real_runs.main(__file__, __doc__, arguments, run, show, draw)


if __name__ == "__main__":
    run_script(main)

"""The lesson at a real size, using your own functions: seconds and memory, which the claims leave out.

    python exercises/efficiency/real_run.py                      GPT-2's shape, 124 million numbers, drawn at random
    python exercises/efficiency/real_run.py --backbone small     the same with 141 thousand of them; seconds on a CPU
    python exercises/efficiency/real_run.py --backbone gpt2      with GPT-2's weights, from the hub

It says how many tokens a second are written with your cache and without one, what attention takes in memory at growing
lengths (all scores at once, in your blocks, and by PyTorch's fused function), and what a training step takes in float32
and in bfloat16 with your masters. Seconds and bytes belong to the machine, so they are printed and nothing is claimed
of them. Peak memory is asked of a GPU; on a CPU the largest tensor stands for it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import torch
from torch.nn import functional as F

from autograder import real_runs
from autograder.builders import tiny_state
from autograder.experiments import load_file
from autograder.scripts import CourseError, run_script

HERE = Path(__file__).resolve().parent
SIZES = {
    "none": {"vocab": 50_257, "positions": 1_024, "width": 768, "layers": 12, "heads": 12},
    "small": {"vocab": 512, "positions": 128, "width": 64, "layers": 2, "heads": 4},
}
LENGTHS, NEW = (1_024, 2_048, 4_096, 8_192, 16_384), 200
SMALL_LENGTHS, SMALL_NEW = (128, 256), 24
PROMPT, BLOCK, ROWS = 4, 64, 4


def model_of(backbone: str, device: str) -> tuple[dict[str, torch.Tensor], dict[str, int]]:
    """A GPT's numbers by GPT-2's names, (out, in), and its shape: drawn, or those of a GPT-2 of the library.

    Fresh numbers cost as much as trained ones.
    """
    if backbone in SIZES:
        shape = SIZES[backbone]
        theirs = tiny_state(
            0,
            width=shape["width"],
            layers=shape["layers"],
            vocabulary=shape["vocab"],
            positions=shape["positions"],
        )
        return turned(theirs, device), shape
    from autograder.backbone import load_backbone

    model, _ = load_backbone(backbone, device)
    sizes = model.config
    if sizes.model_type != "gpt2":
        raise CourseError(f"a {sizes.model_type} has another architecture; give a GPT-2, tiny, small or none")
    shape = {"vocab": sizes.vocab_size, "positions": sizes.n_positions, "width": sizes.n_embd}
    weights = turned(dict(model.transformer.named_parameters()), device)
    return weights, shape | {"layers": sizes.n_layer, "heads": sizes.n_head}


def turned(weights: dict[str, torch.Tensor], device: str) -> dict[str, torch.Tensor]:
    """GPT-2's tensors with the matrices of its blocks turned from (in, out) to (out, in)."""
    return {
        name: (one.T if name.startswith("h.") and one.ndim == 2 else one).detach().to(device).clone()
        for name, one in weights.items()
    }


def run(lesson, backbone: str = "none", device: str = "cpu", steps: int = 5, seed: int = 0) -> dict:
    """The figures."""
    torch.manual_seed(seed)
    weights, shape = model_of(backbone, device)
    small = backbone == "small"
    found = {"backbone": backbone, "device": device, "numbers": sum(one.numel() for one in weights.values())}
    found["writing"] = writing(lesson, weights, shape, SMALL_NEW if small else NEW, device)
    lengths = SMALL_LENGTHS if small else LENGTHS
    if device != "cuda":
        lengths = lengths[:2]  # all scores of 16,384 tokens are 13 GB
    width = shape["width"] // shape["heads"]
    found["attention"] = [attention(lesson, tokens, shape["heads"], width, device) for tokens in lengths]
    found["steps"] = {arm: steps_of(lesson, weights, shape, arm, steps, device) for arm in ("fp32", "bf16")}
    return found


def timed(work: Callable[[], object], device: str) -> tuple[object, float]:
    """What `work` gives, and its seconds; a GPU is waited for."""
    if device == "cuda":
        torch.cuda.synchronize()
    start = time.perf_counter()
    given = work()
    if device == "cuda":
        torch.cuda.synchronize()
    return given, time.perf_counter() - start


@torch.no_grad()
def writing(lesson, weights, shape, new: int, device: str) -> dict:
    """Tokens a second with a cache and without one, and the share of tokens that are the same."""
    forward = load_file(HERE / "experiments" / "_shared.py").forward_of(lesson, weights, shape["heads"])
    ids = torch.randint(shape["vocab"], (1, PROMPT), device=device)

    def whole_text(ids, count):
        for _ in range(count):
            logits, _ = forward(ids, torch.arange(ids.shape[1], device=device), None)
            ids = torch.cat([ids, logits[:, -1].argmax(-1, keepdim=True)], dim=1)
        return ids

    for write in (whole_text, lambda ids, count: lesson.generate_cached(forward, ids, count)):
        write(ids, 2)  # whatever is set up once
    slow, slow_seconds = timed(lambda: whole_text(ids, new), device)
    fast, fast_seconds = timed(lambda: lesson.generate_cached(forward, ids, new), device)
    return {
        "new": new,
        "without": new / slow_seconds,
        "with": new / fast_seconds,
        "same": (slow == fast)[:, PROMPT:].float().mean().item(),
    }


@torch.no_grad()
def attention(lesson, tokens: int, heads: int, width: int, device: str) -> dict:
    """The largest tensor of all scores at once, of blocks and of PyTorch's function; on a GPU peak memory, too."""
    claim = load_file(HERE / "experiments" / "blocks_are_exact_and_small.py")
    q, k, v = (torch.randn(1, heads, tokens, width, device=device) for _ in range(3))

    def all_scores():
        scores = q @ k.transpose(-1, -2) / width**0.5
        ahead = torch.ones(tokens, tokens, dtype=torch.bool, device=device).triu(1)
        return scores.masked_fill_(ahead, float("-inf")).softmax(dim=-1) @ v

    found: dict = {"tokens": tokens, "largest": {}, "peak": {}}
    for name, attend in (
        ("all scores", all_scores),
        ("your blocks", lambda: lesson.blockwise_attention(q, k, v, BLOCK, causal=True)),
        ("fused", lambda: F.scaled_dot_product_attention(q, k, v, is_causal=True)),
    ):
        if device == "cuda":
            torch.cuda.reset_peak_memory_stats()
            before = torch.cuda.memory_allocated()
        try:
            with claim.Largest() as seen:
                attend()
        except torch.OutOfMemoryError:
            continue
        found["largest"][name] = seen.numbers
        if device == "cuda":
            found["peak"][name] = torch.cuda.max_memory_allocated() - before
    return found


def steps_of(lesson, weights, shape, arm: str, steps: int, device: str) -> dict:
    """Seconds a training step: all in float32, or bfloat16 weights with your masters."""
    masters = {name: one.clone() for name, one in weights.items()}
    used = {name: (one.bfloat16() if arm == "bf16" else one.clone()).requires_grad_() for name, one in weights.items()}
    fused = SimpleNamespace(
        cached_attention=lambda q, k, v, cache: (F.scaled_dot_product_attention(q, k, v, is_causal=True), None)
    )
    forward = load_file(HERE / "experiments" / "_shared.py").forward_of(fused, used, shape["heads"])
    ids = torch.randint(shape["vocab"], (ROWS, shape["positions"]), device=device)
    losses: list[float] = []

    def step():
        logits, _ = forward(ids[:, :-1], torch.arange(ids.shape[1] - 1, device=device), None)
        loss = F.cross_entropy(logits.float().flatten(0, 1), ids[:, 1:].flatten())
        gradients = torch.autograd.grad(loss, list(used.values()))
        if arm == "bf16":
            lesson.master_step(list(used.values()), list(masters.values()), gradients, 0.1)
        else:
            with torch.no_grad():
                for weight, gradient in zip(used.values(), gradients, strict=True):
                    weight -= 0.1 * gradient
        losses.append(loss.item())

    step()  # whatever is set up once
    _, seconds = timed(lambda: [step() for _ in range(steps)], device)
    return {"seconds": seconds / steps, "losses": losses}


def show(found: dict) -> None:
    print(f"{found['backbone']} on {found['device']}: {found['numbers']:,} numbers")
    texts = found["writing"]
    print(
        f"{texts['new']} tokens: {texts['without']:.1f} a second without a cache, {texts['with']:.1f} with one;",
        end=" ",
    )
    print(f"{texts['same']:.0%} of them the same")
    for one in found["attention"]:
        for name, numbers in one["largest"].items():
            peak = f", {one['peak'][name] / 1e6:,.1f} MB at the peak" if name in one["peak"] else ""
            print(f"  {one['tokens']:6,} tokens, {name:<11} largest tensor {numbers:14,} numbers{peak}")
    for arm, one in found["steps"].items():
        print(
            f"a step in {arm}: {one['seconds']:.3f} s; the loss from {one['losses'][0]:.3f} to {one['losses'][-1]:.3f}"
        )


def draw(axes, found: dict) -> None:
    """The largest tensor of each way to attend, by length."""
    for name in ("all scores", "your blocks", "fused"):
        points = [(one["tokens"], one["largest"][name]) for one in found["attention"] if name in one["largest"]]
        axes.loglog(*zip(*points, strict=True), "o-", label=name)
    axes.set_xlabel("tokens")
    axes.set_ylabel("largest tensor, numbers")
    axes.legend()


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--backbone", default="none", help="none, small, tiny, gpt2, a folder or a hub name")
    parser.add_argument("--steps", type=int, default=5, help="training steps that are timed")


def main() -> None:
    real_runs.main(__file__, __doc__, arguments, run, show, draw)


if __name__ == "__main__":
    run_script(main)

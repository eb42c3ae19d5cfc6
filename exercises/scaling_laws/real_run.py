"""The lesson at a real size: valleys of equal compute on any file of text, with your own functions of three lessons.

    python exercises/scaling_laws/real_run.py --text FILE       five sizes, 2 to 23 million parameters; for a GPU
    python exercises/scaling_laws/real_run.py --shape small     four tiny sizes on a CPU, two minutes

Each budget of FLOPs (6 · parameters · tokens) is spent on every size. What comes out are the losses, the vertex of each
valley, tokens a parameter there, and the power of the compute with which the best size grows. Without --text it reads
the documentation that comes with Python, which is little: it says how often the text was read, and more than once is
no longer what the papers measured. The tokens are made from the text; its last tenth is held out. With --out FILE.json,
your own `save_checkpoint` keeps the run at work, and the same call goes on by your `load_checkpoint`.
"""

from __future__ import annotations

import argparse
import time
from functools import partial
from pathlib import Path
from typing import Any

import torch

from autograder import real_runs
from autograder.experiments import load_file
from autograder.scripts import CourseError, load_module, run_script

HERE = Path(__file__).resolve().parent
SHAPES: dict[str, dict[str, Any]] = {
    "small": {
        "vocab": 512, "positions": 32, "layers": 2, "head": 8, "rows": 16, "rate": 0.3,
        "widths": (8, 16, 24, 40), "budgets": (3e10, 6e10),
    },
    "real": {
        "vocab": 8_192, "positions": 256, "layers": 6, "head": 64, "rows": 64, "rate": 0.5,
        "widths": (128, 192, 256, 384, 512), "budgets": (2.5e14, 5e14, 1e15),
    },
}  # fmt: skip
END = 0  # the id of the end token
HELD_OUT_BATCHES = 8


def run(
    lesson,
    gpt,
    pretraining,
    texts: list[str],
    plan: dict[str, Any],
    device: str = "cpu",
    seed: int = 0,
    kept: real_runs.Kept | None = None,
) -> dict:
    """Spend each budget on each size, and give the figures."""
    kept = kept or real_runs.Kept()
    length, planned = plan["positions"], []
    for budget in plan["budgets"]:
        for width in plan["widths"]:
            parameters = lesson.block_parameters(width, plan["layers"]) + plan["vocab"] * width
            steps = max(1, round(budget / lesson.training_flops(parameters, plan["rows"] * length)))
            tokens = steps * plan["rows"] * length
            planned.append(
                {"budget": budget, "width": width, "parameters": parameters, "steps": steps, "tokens": tokens}
            )
    tokenizer = load_file(HERE.parent / "pretraining" / "real_run.py").new_tokenizer(texts, plan["vocab"])
    stream = pretraining.join_documents([one.ids for one in tokenizer.encode_batch(texts)], END)
    cut = len(stream) * 9 // 10
    if len(stream) - cut < length + 1:
        raise CourseError(f"{len(stream)} tokens are too few for windows of {length}; give a longer --text")
    done = []
    for one in planned:
        name = f"{one['budget']:g} FLOPs, {one['width']} wide"
        training = partial(
            train, gpt, pretraining, stream, cut, plan, one["width"], one["steps"], device, seed, kept, name
        )
        trained = kept.once(name, training)
        done.append(one | {"times_read": one["tokens"] / cut} | trained)
        print(f"{name}: {trained['loss']:.3f} in {trained['seconds']:.0f} s", flush=True)
    return {"device": device, "text": len(stream), "runs": done} | read_off(lesson, plan, done)


def train(gpt, pretraining, stream, cut, plan, width, steps, device, seed, kept, name) -> dict:
    """The held-out loss after `steps`, and the seconds that they took."""
    torch.manual_seed(seed)
    sizes = (plan["vocab"], plan["positions"], width, plan["layers"], max(1, width // plan["head"]))
    model = gpt.GPT(gpt.GPTConfig(*sizes))
    gpt.init_weights(model)
    model.to(device)
    optimizer = torch.optim.AdamW(pretraining.decay_groups(model, 0.1), lr=1.0, betas=(0.9, 0.95))
    peak = plan["rate"] / width

    def windows(data: torch.Tensor, number: int) -> tuple[torch.Tensor, torch.Tensor]:
        """A batch has a generator of its own, so that a run that goes on draws what one without a stop does."""
        generator = torch.Generator().manual_seed(1_000_003 * seed + number)
        x, y = pretraining.random_windows(data, plan["positions"], plan["rows"], generator)
        return x.to(device), y.to(device)

    seconds: list[float] = []
    begun = time.perf_counter()
    for step in kept.steps(
        name,
        steps,
        {"model": model, "optimizer": optimizer},
        seconds,
        save=lambda path, done: pretraining.save_checkpoint(path, model, optimizer, done),
        load=lambda path: pretraining.load_checkpoint(path, model, optimizer),
    ):
        rate = pretraining.learning_rate(step, peak, peak / 10, max(1, steps // 10), steps)
        pretraining.train_gpt(model, [windows(stream[:cut], step)], optimizer, lambda _, rate=rate: rate, 1.0)
        seconds.append(time.perf_counter() - begun)
        begun = time.perf_counter()
    held_out = [windows(stream[cut:], number) for number in range(HELD_OUT_BATCHES)]
    return {"loss": pretraining.evaluate_loss(model, held_out), "seconds": sum(seconds)}


def read_off(lesson, plan: dict[str, Any], done: list[dict]) -> dict:
    """The vertex of each budget (None where its parabola has none), tokens a parameter there, and the growth."""
    best: list[float | None] = []
    for budget in plan["budgets"]:
        some = [one for one in done if one["budget"] == budget]
        try:
            best.append(lesson.isoflop_minimum([one["parameters"] for one in some], [one["loss"] for one in some]))
        except ValueError:
            best.append(None)
    there = [(budget, size) for budget, size in zip(plan["budgets"], best, strict=True) if size is not None]
    each = [None if size is None else budget / lesson.training_flops(size, size)
            for budget, size in zip(plan["budgets"], best, strict=True)]  # fmt: skip
    growth = -lesson.fit_power_law(*zip(*there, strict=True))[1] if len(there) > 1 else None
    return {"budgets": list(plan["budgets"]), "best": best, "each": each, "growth": growth}


def show(found: dict) -> None:
    print(f"on {found['device']}, {found['text']:,} tokens of text")
    for one in found["runs"]:
        each = one["tokens"] / one["parameters"]
        print(
            f"{one['budget']:g} FLOPs, {one['parameters']:,} parameters, {each:.1f} tokens each, "
            f"text read {one['times_read']:.1f} times: {one['loss']:.3f}"
        )
    for budget, size, each in zip(found["budgets"], found["best"], found["each"], strict=True):
        said = "no lowest place" if size is None else f"lowest at {size:,.0f} parameters, {each:.1f} tokens each"
        print(f"{budget:g} FLOPs: {said}")
    if found["growth"] is not None:
        print(f"the best size grows as the compute to the power of {found['growth']:.2f}")


def draw(axes, found: dict) -> None:
    """Each budget's valley, and its lowest place."""
    for budget, best in zip(found["budgets"], found["best"], strict=True):
        some = [one for one in found["runs"] if one["budget"] == budget]
        (line,) = axes.plot([one["parameters"] for one in some], [one["loss"] for one in some], "o-")
        line.set_label(f"{budget:g} FLOPs")
        if best is not None:
            axes.axvline(best, color=line.get_color(), linestyle=":")
    axes.set_xscale("log")
    axes.set_xlabel("parameters")
    axes.set_ylabel("loss held out, nats a token")
    axes.legend()


def start(
    lesson,
    shape: str,
    text: Path | None,
    gpt: Path,
    pretraining: Path,
    budgets: list[float] | None,
    widths: list[int] | None,
    kept: real_runs.Kept,
    **options,
) -> dict:
    """`run` on the files that are named."""
    plan = SHAPES[shape] | {name: tuple(one) for name, one in (("budgets", budgets), ("widths", widths)) if one}
    texts = load_file(HERE.parent / "pretraining" / "real_run.py").documents(text)
    own = load_module(gpt, "gpt_lesson"), load_module(pretraining, "pretraining_lesson")
    return run(lesson, *own, texts, plan, kept=kept, **options)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--shape", choices=SHAPES, default="real")
    parser.add_argument("--text", type=Path, help="a file of text (default: Python's documentation)")
    parser.add_argument("--budgets", type=float, nargs="+", help="FLOPs of a run, instead of the shape's")
    parser.add_argument("--widths", type=int, nargs="+", help="sizes, instead of the shape's")
    parser.add_argument("--gpt", type=Path, default=HERE.parent / "gpt" / "gpt.py", help="whose GPT is trained")
    parser.add_argument(
        "--pretraining", type=Path, default=HERE.parent / "pretraining" / "pretraining.py", help="whose code trains it"
    )


def main() -> None:
    real_runs.main(__file__, __doc__, arguments, start, show, draw)


if __name__ == "__main__":
    run_script(main)

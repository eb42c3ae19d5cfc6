"""The lesson at a real size: valleys of equal compute on any file of text, with your own functions of three lessons.

    python exercises/scaling_laws/real_run.py --text FILE     five sizes, 2 to 23 million parameters; for a GPU
    python exercises/scaling_laws/real_run.py --small         four tiny sizes on a CPU, about a minute

Each budget of FLOPs (6 · parameters · tokens) is spent on every size. What comes out are the losses, the vertex of each
valley, tokens a parameter there, and the power of the compute with which the best size grows. Without --text it reads
the documentation that comes with Python, which is little: it says how often the text was read, and more than once is
no longer what the papers measured. The tokens are made from the text; its last tenth is held out.

A finished run is kept in the folder --checkpoint, and the one at work after every tenth; --resume goes on from there.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from autograder.common.files import write_whole
from autograder.experiments import load_file
from autograder.scripts import CourseError, load_module, run_script

HERE = Path(__file__).resolve().parent
PLANS: dict[str, dict[str, Any]] = {
    "small": {
        "vocab": 512, "positions": 32, "layers": 2, "head": 8, "rows": 16, "rate": 0.3,
        "widths": (8, 16, 24, 40), "budgets": (3e9, 6e9),
    },
    "real": {
        "vocab": 8_192, "positions": 256, "layers": 6, "head": 64, "rows": 64, "rate": 0.5,
        "widths": (128, 192, 256, 384, 512), "budgets": (2.5e14, 5e14, 1e15),
    },
}  # fmt: skip
END = 0  # the id of the end token
PARTS = 10  # how often a run is kept on its way
HELD_OUT_BATCHES = 8


def run(
    lesson,
    gpt,
    pretraining,
    texts: list[str],
    plan: dict[str, Any],
    device: str = "cpu",
    seed: int = 0,
    folder: Path | None = None,
    resume: bool = False,
) -> dict:
    """Spend each budget on each size, and give the figures. With `resume`, what `folder` has is not done again."""
    text = load_file(HERE.parent / "pretraining" / "real_run.py")
    tokenizer = text.new_tokenizer(texts, plan["vocab"])
    stream = pretraining.join_documents([one.ids for one in tokenizer.encode_batch(texts)], END)
    cut, length = len(stream) * 9 // 10, plan["positions"]
    if len(stream) - cut < length + 1:
        raise CourseError(f"{len(stream)} tokens are too few for windows of {length}; give a longer --text")
    kept = None if folder is None else folder / "finished.json"
    done = json.loads(kept.read_text(encoding="utf-8")) if resume and kept is not None and kept.exists() else []
    for budget in plan["budgets"]:
        for width in plan["widths"]:
            if any((one["budget"], one["width"]) == (budget, width) for one in done):
                continue
            parameters = lesson.block_parameters(width, plan["layers"]) + plan["vocab"] * width
            steps = max(1, round(budget / lesson.training_flops(parameters, plan["rows"] * length)))
            start = time.perf_counter()
            path = None if folder is None else folder / f"{budget:g}_{width}.pt"
            trained = train(gpt, pretraining, stream, cut, plan, width, steps, device, seed, path, resume)
            seconds = time.perf_counter() - start
            tokens = steps * plan["rows"] * length
            one = {"budget": budget, "width": width, "parameters": parameters, "steps": steps, "tokens": tokens}
            done.append(one | {"times_read": tokens / cut, "seconds": seconds} | trained)
            print(f"{budget:g} FLOPs, {width} wide: {done[-1]['loss']:.3f} in {seconds:.0f} s", flush=True)
            if folder is not None and kept is not None and path is not None:
                write_whole(kept, json.dumps(done, indent=1) + "\n")
                path.unlink(missing_ok=True)
    return {"device": device, "text": len(stream), "runs": done} | read_off(lesson, plan, done)


def train(gpt, pretraining, stream, cut, plan, width, steps, device, seed, path, resume) -> dict:
    """The held-out loss after `steps`, and the step that it went on from."""
    torch.manual_seed(seed)
    sizes = (plan["vocab"], plan["positions"], width, plan["layers"], max(1, width // plan["head"]))
    model = gpt.GPT(gpt.GPTConfig(*sizes))
    gpt.init_weights(model)
    model.to(device)
    optimizer = torch.optim.AdamW(pretraining.decay_groups(model, 0.1), lr=1.0, betas=(0.9, 0.95))
    at = pretraining.load_checkpoint(path, model, optimizer) if resume and path is not None and path.exists() else 0
    begun, peak = at, plan["rate"] / width

    def batches(data: torch.Tensor, first: int, last: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """A batch has a generator of its own, so that a resumed run draws what one without a stop does."""
        for number in range(first, last):
            generator = torch.Generator().manual_seed(1_000_003 * seed + number)
            x, y = pretraining.random_windows(data, plan["positions"], plan["rows"], generator)
            yield x.to(device), y.to(device)

    while at < steps:
        stop = min(steps, at + max(1, steps // PARTS))
        pretraining.train_gpt(
            model,
            batches(stream[:cut], at, stop),
            optimizer,
            lambda step, at=at: pretraining.learning_rate(at + step, peak, peak / 10, max(1, steps // 10), steps),
            1.0,
        )
        at = stop
        if path is not None:
            pretraining.save_checkpoint(path, model, optimizer, at)
    return {"from": begun, "loss": pretraining.evaluate_loss(model, batches(stream[cut:], 0, HELD_OUT_BATCHES))}


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="tiny sizes, for a CPU")
    parser.add_argument("--text", type=Path, help="a file of text (default: Python's documentation)")
    parser.add_argument("--budgets", type=float, nargs="+", help="FLOPs of a run, instead of the plan's")
    parser.add_argument("--widths", type=int, nargs="+", help="sizes, instead of the plan's")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--checkpoint", type=Path, help="a folder to keep the runs in")
    parser.add_argument("--resume", action="store_true", help="go on from --checkpoint")
    parser.add_argument("--lesson", type=Path, default=HERE / "scaling_laws.py")
    parser.add_argument("--gpt", type=Path, default=HERE.parent / "gpt" / "gpt.py", help="whose GPT is trained")
    parser.add_argument("--pretraining", type=Path, default=HERE.parent / "pretraining" / "pretraining.py")
    parser.add_argument("--out", type=Path, help="a file for the figures, as JSON")
    options = parser.parse_args()
    plan = dict(PLANS["small" if options.small else "real"])
    for name in ("budgets", "widths"):
        plan[name] = tuple(getattr(options, name) or plan[name])
    if options.checkpoint is not None:
        options.checkpoint.mkdir(parents=True, exist_ok=True)
    text = load_file(HERE.parent / "pretraining" / "real_run.py")
    found = run(
        load_module(options.lesson, "scaling_laws_lesson"),
        load_module(options.gpt, "gpt_lesson"),
        load_module(options.pretraining, "pretraining_lesson"),
        text.documents(options.text),
        plan,
        options.device,
        folder=options.checkpoint,
        resume=options.resume,
    )
    show(found)
    if options.out:
        options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    run_script(main)

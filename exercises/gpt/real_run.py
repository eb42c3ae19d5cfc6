"""The lesson at a real size, using your own modules: the figures before training, ten steps, and trained weights.

    python exercises/gpt/real_run.py --backbone none          GPT-2's shape, 124 million numbers, without a download
    python exercises/gpt/real_run.py --backbone gpt2          the same with its weights, from the hub
    python exercises/gpt/real_run.py --backbone tiny          the course's own model; seconds on a CPU

It says how many numbers your GPT holds, its first loss beside ln V, how wide its stream ends, what a few steps on one
batch do to the loss, and, where there are weights, how far its logits are from those of the model they come from.
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

import torch
from torch.nn import functional as F

from autograder import real_runs
from autograder.experiments import load_file
from autograder.scripts import CourseError, run_script

HERE = Path(__file__).resolve().parent
GPT2 = {"vocab": 50_257, "positions": 1_024, "width": 768, "layers": 12, "heads": 12}
ROWS, LENGTH = 4, 64


def shape_of(config) -> dict[str, int]:
    """The sizes of a GPT-2 of the library. Raises CourseError where it is another kind of model."""
    if config.model_type != "gpt2":
        raise CourseError(f"a {config.model_type} has another architecture; give a GPT-2, tiny or none")
    return {
        "vocab": config.vocab_size,
        "positions": config.n_positions,
        "width": config.n_embd,
        "layers": config.n_layer,
        "heads": config.n_head,
    }


def run(lesson, backbone: str, device: str = "cpu", steps: int = 10, seed: int = 0) -> dict:
    """The figures; `backbone` is "none" for GPT-2's shape without weights."""
    theirs = tokenizer = None
    if backbone != "none":
        from autograder.backbone import load_backbone

        theirs, tokenizer = load_backbone(backbone, device)
    shape = GPT2 if theirs is None else shape_of(theirs.config)
    torch.manual_seed(seed)
    model = lesson.GPT(lesson.GPTConfig(**shape))
    lesson.init_weights(model)
    model.to(device)
    ids = torch.randint(shape["vocab"], (ROWS, LENGTH), device=device)
    found: dict = {"backbone": backbone, "shape": shape, "device": device}
    found["numbers"] = lesson.parameter_table(model)["total"]
    found["uniform"], found["first_loss"] = math.log(shape["vocab"]), lesson.first_loss(model, ids)
    spreads = load_file(HERE / "experiments" / "_shared.py").stream_spreads(lesson, model, ids, shape["layers"])
    found["stream"] = spreads[-1] / spreads[0]
    found["losses"], found["seconds_a_step"] = train(model, ids, steps)
    if theirs is not None:
        found |= poured(lesson, model, theirs, tokenizer)
    return found


def train(model, ids: torch.Tensor, steps: int) -> tuple[list[float], float]:
    """The loss before each step of AdamW on one batch, and the seconds that a step took."""
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    losses, start = [], time.perf_counter()
    for _ in range(steps):
        loss = F.cross_entropy(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())  # waits for the device
    model.eval()
    return losses, (time.perf_counter() - start) / max(1, steps)


def poured(lesson, model, theirs, tokenizer) -> dict:
    """What becomes of the model with the weights of the library's: logits, first choices, texts."""
    claim = load_file(HERE / "experiments" / "takes_trained_weights.py")
    claim.pour(theirs, lesson.tensors_of(model))
    prompts = [ids.to(theirs.device) for ids in claim.prompts_for(tokenizer)]
    gap, same, texts = claim.compared(lesson, model, theirs, prompts)
    written = lesson.generate(model, prompts[0], 24, temperature=0.0)
    return {"gap": gap, "same_first_choice": same, "same_text": texts, "text": tokenizer.decode(written[0].tolist())}


def show(found: dict) -> None:
    print(f"{found['backbone']} on {found['device']}: {found['numbers']:,} numbers")
    print(f"first loss {found['first_loss']:.3f}, ln {found['shape']['vocab']:,} = {found['uniform']:.3f}")
    print(f"the stream ends {found['stream']:.2f} times as wide as it starts")
    if found["losses"]:
        first, last, steps = found["losses"][0], found["losses"][-1], len(found["losses"])
        print(f"loss of one batch {first:.3f}, before step {steps} {last:.3f}; {found['seconds_a_step']:.2f} s a step")
    if "gap" in found:
        print(f"with the weights of {found['backbone']}: logits differ by {found['gap']:.1e} at most,", end=" ")
        print(f"{found['same_first_choice']:.0%} of first choices and {found['same_text']:.0%} of texts are the same")
        print(f"it writes: {found['text']}")


def draw(axes, found: dict) -> None:
    """The loss of one batch, seen again and again."""
    axes.plot(range(1, len(found["losses"]) + 1), found["losses"], "o-", color="#4c72b0", label="one batch")
    axes.axhline(found["uniform"], color="#dd8452", label="ln V")
    axes.set_xlabel("step")
    axes.set_ylabel("loss before it, nats a token")
    axes.set_ylim(bottom=0)
    axes.legend()


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--backbone", default="none", help="none, gpt2, tiny, a folder or a hub name")
    parser.add_argument("--steps", type=int, default=10, help="steps on one batch")


def main() -> None:
    real_runs.main(__file__, __doc__, arguments, run, show, draw)


if __name__ == "__main__":
    run_script(main)

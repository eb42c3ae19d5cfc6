"""One run without a stop, beside runs that stop halfway and go on, whole or with one thing forgotten."""

from __future__ import annotations

import tempfile
from itertools import islice
from pathlib import Path

import torch

from ._shared import ORANGE, PALE, Shape, drawn, held_out_batches, new_model, new_optimizer, reviews

CLAIM = "A run that stops and resumes equals one that never stopped, bit for bit; forget one thing, and it doesn't"
NEEDS = (
    "join_documents", "random_windows", "learning_rate", "decay_groups", "evaluate_loss", "train_gpt",
    "save_checkpoint", "load_checkpoint",
)  # fmt: skip
COLUMNS = ("after the stop", "weights, largest difference", "loss of the next batches", "held out at the end")

STEPS, STOP, PEAK, WARMUP, DROPOUT = 80, 40, 1e-2, 20, 0.1
ARMS = {
    "resumed": "all as it was",
    "optimizer": "a new optimizer",
    "step": "the schedule from step 0",
    "batches": "the batches from the first on",
    "generator": "dropout's generator not restored",
}


def measure(student, backbone, seed, track):
    text = reviews(student, backbone()[1], seed)
    held_out = held_out_batches(student, text)
    batches = list(islice(drawn(student, text.train, torch.Generator().manual_seed(seed)), STEPS))

    def begin(number):
        model = new_model(student, Shape(text.vocab, dropout=DROPOUT), number)
        return model, new_optimizer(student, model)

    def go_on(model, optimizer, read, done):
        def schedule(step):
            return student.learning_rate(done + step, PEAK, PEAK / 10, WARMUP, STEPS)

        return student.train_gpt(model, read, optimizer, schedule, 1.0)

    model, optimizer = begin(seed)
    never = go_on(model, optimizer, batches, 0)[STOP:]
    wanted = flat(model)
    loss = {"never": student.evaluate_loss(model, held_out)}
    gap, same, late = {}, {}, {"never": never}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.pt"
        model, optimizer = begin(seed)
        go_on(model, optimizer, batches[:STOP], 0)
        student.save_checkpoint(path, model, optimizer, STOP)
        for arm in track(ARMS, "going on"):
            model, optimizer = begin(seed + 100)
            here = torch.get_rng_state()
            done = student.load_checkpoint(path, model, optimizer)
            if arm == "optimizer":
                optimizer = new_optimizer(student, model)
            if arm == "generator":
                torch.set_rng_state(here)
            read = batches[:STOP] if arm == "batches" else batches[STOP:]
            late[arm] = go_on(model, optimizer, read, 0 if arm == "step" else done)
            gap[arm] = (flat(model) - wanted).abs().max().item()
            same[arm] = late[arm] == never
            loss[arm] = student.evaluate_loss(model, held_out)
    return {"gap": gap, "same": same, "loss": loss, "late": late}


@torch.no_grad()
def flat(model) -> torch.Tensor:
    return torch.cat([parameter.flatten() for parameter in model.parameters()])


def rows(figures):
    yield "never stopped", "", "", f"{figures.loss['never']:.4f}"
    for arm, said in ARMS.items():
        told = "the same, bit for bit" if figures.same[arm] else "others"
        yield said, f"{figures.gap[arm]:.1e}", told, f"{figures.loss[arm]:.4f}"


def claims(figures):
    gap, same, loss = figures.gap, figures.same, figures.loss
    yield (
        gap["resumed"] == 0 and same["resumed"] and loss["resumed"] == loss["never"],
        f"resumed: weights differ by {gap['resumed']:g}, the loss is {loss['resumed']:.4f} and {loss['never']:.4f}",
    )
    for arm, said in list(ARMS.items())[1:]:
        yield gap[arm] > 1e-3 and not same[arm], f"{said}: weights differ by {gap[arm]:.1e}"


def draw(axes, figures) -> None:
    late = figures.late
    for arm, colour in (("optimizer", ORANGE), ("step", "#55a868"), ("batches", PALE)):
        difference = [one - other for one, other in zip(late[arm], late["never"], strict=True)]
        axes.plot(range(STOP, STEPS), difference, color=colour, label=ARMS[arm])
    straight = [one - other for one, other in zip(late["resumed"], late["never"], strict=True)]
    axes.plot(range(STOP, STEPS), straight, color="black", label="resumed: exactly 0")
    axes.set_xlabel(f"step (stopped after {STOP})")
    axes.set_ylabel("loss of the batch, minus that\nof the run that never stopped")
    axes.legend(loc="upper right", fontsize=8)

"""One batch of noise in the middle of a run: the norm of its gradient, and what it costs with and without a limit."""

from __future__ import annotations

import copy
from itertools import islice

import torch

from ._shared import BLUE, GREY, NO_LIMIT, RED, Shape, drawn, held_out_batches, new_model, new_optimizer, reviews

CLAIM = "Clipping takes a spike: one batch of noise costs a run many steps without a limit, and next to none with it"
NEEDS = (
    "join_documents", "random_windows", "learning_rate", "clip_gradients", "decay_groups", "evaluate_loss", "train_gpt"
)  # fmt: skip
COLUMNS = ("the batch", "limit", "norm", "held out before", "10 steps later", "at the end")

STEPS, AT, EVERY, PEAK, WARMUP, LIMIT = 200, 120, 5, 1e-2, 40, 1.0
LATER, USUAL = 10, 10  # steps after the batch; ordinary batches whose norms are looked at
ARMS = {  # name → (what the batch is, the limit)
    "ordinary": ("ordinary", LIMIT),
    "clipped": ("noise", LIMIT),
    "unclipped": ("noise", NO_LIMIT),
}


def measure(student, backbone, seed, track):
    text = reviews(student, backbone()[1], seed)
    held_out = held_out_batches(student, text)
    generator = torch.Generator().manual_seed(seed)
    batches = list(islice(drawn(student, text.train, generator), STEPS))
    scrambled = torch.randint(text.vocab, (len(text.train),), generator=generator)
    noise = next(drawn(student, scrambled, generator))
    model = new_model(student, Shape(text.vocab), seed)
    optimizer = new_optimizer(student, model)

    def schedule(step):
        return student.learning_rate(step, PEAK, PEAK / 10, WARMUP, STEPS)

    student.train_gpt(model, batches[:AT], optimizer, schedule, LIMIT)
    start = copy.deepcopy(model.state_dict()), copy.deepcopy(optimizer.state_dict())
    usual = [norm_of(student, model, batch) for batch in batches[AT : AT + USUAL]]
    norm = {"usual": sum(usual) / USUAL, "noise": norm_of(student, model, noise)}
    before = student.evaluate_loss(model, held_out)
    later, end, curves = {}, {}, {}
    for arm, (kind, limit) in track(ARMS.items(), "going on"):
        model.load_state_dict(start[0])
        optimizer.load_state_dict(copy.deepcopy(start[1]))
        read = [noise if kind == "noise" else batches[AT], *batches[AT + 1 :]]
        curve = curves[arm] = [before]
        for done in range(0, STEPS - AT, EVERY):
            part = read[done : done + EVERY]
            student.train_gpt(model, part, optimizer, lambda step, done=done: schedule(AT + done + step), limit)
            curve.append(student.evaluate_loss(model, held_out))
        later[arm], end[arm] = curve[LATER // EVERY], curve[-1]
    return {"norm": norm, "before": before, "later": later, "end": end, "curves": curves}


def norm_of(student, model, batch) -> float:
    """The norm of the gradient of one batch."""
    model.zero_grad()
    torch.nn.functional.cross_entropy(model(batch[0]).flatten(0, 1), batch[1].flatten()).backward()
    norm = student.clip_gradients(model.parameters(), NO_LIMIT)
    model.zero_grad()
    return norm


def rows(figures):
    for arm, (kind, limit) in ARMS.items():
        norm = figures.norm["noise" if kind == "noise" else "usual"]
        losses = (figures.before, figures.later[arm], figures.end[arm])
        yield kind, f"{limit:g}" if limit == LIMIT else "none", f"{norm:.1f}", *(f"{loss:.3f}" for loss in losses)


def claims(figures):
    norm, later = figures.norm, figures.later
    yield norm["noise"] > 5 * norm["usual"], f"norm {norm['noise']:.1f} of the noise, {norm['usual']:.1f} ordinarily"
    lost = {arm: later[arm] - later["ordinary"] for arm in ("clipped", "unclipped")}
    yield (
        lost["unclipped"] > 0.04 and abs(lost["clipped"]) < lost["unclipped"] / 3,
        f"{LATER} steps later it has cost {lost['clipped']:+.3f} with the limit, {lost['unclipped']:+.3f} without",
    )
    yield (
        later["unclipped"] > figures.before > later["clipped"],
        f"from {figures.before:.3f} to {later['clipped']:.3f} with it, to {later['unclipped']:.3f} without",
    )


def draw(axes, figures) -> None:
    steps = range(AT, STEPS + 1, EVERY)
    for arm, colour, label in (
        ("ordinary", GREY, "an ordinary batch instead"),
        ("clipped", BLUE, f"noise, limit {LIMIT:g}"),
        ("unclipped", RED, "noise, no limit"),
    ):
        axes.plot(steps, figures.curves[arm], color=colour, marker="o", markersize=3, label=label)
    axes.set_xlabel(f"steps (the batch comes at {AT})")
    axes.set_ylabel("nats a token, held out")
    axes.legend(loc="upper right")

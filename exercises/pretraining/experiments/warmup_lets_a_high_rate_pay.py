"""Two peak rates, each with and without a warmup, for the same number of steps on the same batches."""

from __future__ import annotations

import torch

from ._shared import BLUE, NO_LIMIT, RED, Shape, drawn, held_out_batches, new_model, reviews, run

CLAIM = "Warmup lets a high rate pay: with it the high rate is best, without it the low one"
NEEDS = ("join_documents", "random_windows", "learning_rate", "decay_groups", "evaluate_loss", "train_gpt")
COLUMNS = ("peak rate", "warmup", "nats a token, held out")

RATES = {"low": 3e-3, "high": 3e-2}
WARMUPS = {"without": 0, "with": 50}
STEPS, LAYERS = 200, 4


def measure(student, backbone, seed, track):
    text = reviews(student, backbone()[1], seed)
    held_out = held_out_batches(student, text)
    loss = {name: {} for name in WARMUPS}
    for rate_name, peak in RATES.items():
        for name, warmup in WARMUPS.items():
            model = new_model(student, Shape(text.vocab, layers=LAYERS), seed)
            batches = drawn(student, text.train, torch.Generator().manual_seed(seed))

            def schedule(step, peak=peak, warmup=warmup):
                return student.learning_rate(step, peak, peak / 10, warmup, STEPS)

            told = f"peak {peak:g}, warmup {warmup}"
            found = run(student, model, batches, held_out, schedule, STEPS, STEPS, NO_LIMIT, track, told)
            loss[name][rate_name] = found.held_out[-1]
    return loss


def rows(figures):
    for rate_name, peak in RATES.items():
        for name, warmup in WARMUPS.items():
            yield f"{peak:g}", warmup or "none", f"{getattr(figures, name)[rate_name]:.2f}"


def claims(figures):
    with_it, without = getattr(figures, "with"), figures.without
    yield (
        without["high"] > with_it["high"] + 0.2,
        f"at {RATES['high']:g}: {without['high']:.2f} without a warmup, {with_it['high']:.2f} with it",
    )
    others = min(*without.values(), with_it["low"])
    yield (
        with_it["high"] < others - 0.1,
        f"the best is the high rate with it: {with_it['high']:.2f}, next {others:.2f}",
    )
    gap = without["low"] - with_it["low"]
    yield abs(gap) < 0.2, f"at {RATES['low']:g} it hardly matters: {without['low']:.2f} and {with_it['low']:.2f}"


def draw(axes, figures) -> None:
    for shift, name, colour, label in (
        (-0.2, "without", RED, "no warmup"),
        (0.2, "with", BLUE, f"a warmup of {WARMUPS['with']} of {STEPS} steps"),
    ):
        values = list(getattr(figures, name).values())
        axes.bar([place + shift for place in range(len(values))], values, 0.38, color=colour, label=label)
        for place, value in enumerate(values):
            axes.text(place + shift, value + 0.03, f"{value:.2f}", ha="center")
    axes.set_xticks(range(len(RATES)), [f"peak {rate:g}" for rate in RATES.values()])
    axes.set_ylabel("nats a token, held out")
    axes.set_ylim(0, 1.3 * max(*figures.without.values(), *getattr(figures, "with").values()))
    axes.legend(loc="upper left")

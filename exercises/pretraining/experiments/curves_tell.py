"""Six runs of one small GPT, five of them with a fault, and the marks that each leaves in the curve of the loss."""

from __future__ import annotations

from itertools import chain, islice

import torch

from ._shared import BLUE, NO_LIMIT, PALE, RED, Shape, drawn, held_out_batches, new_model, reviews, run

CLAIM = "A loss curve tells what happened: a rate too high or too low, too little text, bad batches, an early end"
NEEDS = ("join_documents", "random_windows", "learning_rate", "decay_groups", "evaluate_loss", "train_gpt")
COLUMNS = ("run", "batches, at the end", "held out: halfway", "lowest", "at the end")

STEPS, EVERY, AT = 200, 10, 100
PEAK, WARMUP, FLOOR = 1e-2, 40, 0.1  # the floor as a part of the peak
HIGH, LOW, EARLY, FEW, BAD = 0.3, 2e-4, 60, 500, 3  # peaks; steps; tokens; batches of noise
ARMS = {
    "good": "as it should be",
    "high": f"a peak of {HIGH:g}",
    "low": f"a peak of {LOW:g}",
    "few": f"{FEW} tokens of text",
    "noise": f"{BAD} batches of noise, no limit",
    "early": f"a schedule of {EARLY} steps",
}


def measure(student, backbone, seed, track):
    text = reviews(student, backbone()[1], seed)
    held_out = held_out_batches(student, text, count=2)
    trained, held, end, half, lowest, last = {}, {}, {}, {}, {}, {}
    for arm in track(ARMS, "six runs"):
        model = new_model(student, Shape(text.vocab), seed)
        generator = torch.Generator().manual_seed(seed)
        batches = drawn(student, text.train[:FEW] if arm == "few" else text.train, generator)
        if arm == "noise":
            scrambled = torch.randint(text.vocab, (len(text.train),), generator=generator)
            bad = islice(drawn(student, scrambled, torch.Generator().manual_seed(seed)), BAD)
            batches = chain(islice(batches, AT), bad, batches)
        peak = {"high": HIGH, "low": LOW}.get(arm, PEAK)
        total = EARLY if arm == "early" else STEPS
        floor = peak * (FLOOR / 10 if arm == "early" else FLOOR)

        def schedule(step, peak=peak, floor=floor, total=total):
            return student.learning_rate(step, peak, floor, WARMUP, total)

        limit = NO_LIMIT if arm == "noise" else 1.0
        found = run(student, model, batches, held_out, schedule, STEPS, EVERY, limit)
        end[arm], half[arm], lowest[arm] = found.held_out[-1], found.held_out[AT // EVERY], min(found.held_out)
        last[arm] = sum(found.losses[-EVERY:]) / EVERY
        if arm == "noise":
            spike = max(found.losses[AT : AT + BAD]) - found.losses[AT - 1]
            bump = max(found.held_out[AT // EVERY + 1 : AT // EVERY + 3]) - half[arm]
        trained[arm], held[arm] = as_text(found.losses), as_text(found.held_out)
    return {
        "trained": trained, "held": held, "last": last, "half": half, "lowest": lowest, "end": end,
        "spike": spike, "bump": bump,
    }  # fmt: skip


def as_text(curve: list[float]) -> str:
    """A curve as it is kept, for pictures; what is compared over the seeds is its marks."""
    return " ".join(f"{value:.3f}" for value in curve)


def rows(figures):
    for arm, said in ARMS.items():
        values = (figures.last[arm], figures.half[arm], figures.lowest[arm], figures.end[arm])
        yield said, *(f"{value:.2f}" for value in values)


def claims(figures):
    half, end, last, lowest = figures.half, figures.end, figures.last, figures.lowest
    good = end["good"]
    yield (
        half["good"] > good and good - last["good"] < 0.2,
        f"as it should be: {half['good']:.2f} halfway, {good:.2f} at the end, {last['good']:.2f} on its batches",
    )
    yield end["high"] > good + 1, f"too high a rate: {half['high']:.2f} halfway, {end['high']:.2f} at the end"
    fall = half["low"] - end["low"]
    yield end["low"] > good + 1 and fall > 0.1, f"too low: {end['low']:.2f}, and still falling (by {fall:.2f})"
    yield (
        end["few"] > lowest["few"] + 0.3 and last["few"] < good - 0.3,
        f"too little text: {last['few']:.2f} on its batches, {lowest['few']:.2f} and then {end['few']:.2f} held out",
    )
    yield (
        figures.spike > 2 and figures.bump > 0.03 and end["noise"] < good + 0.2,
        f"noise: the loss jumps by {figures.spike:.1f}, held out by {figures.bump:.2f}, and ends at {end['noise']:.2f}",
    )
    flat = half["early"] - end["early"]
    yield (
        end["early"] > good + 0.15 and flat < 0.7 * (half["good"] - good),
        f"an early end: {end['early']:.2f}, of which the second half brought {flat:.2f} ({half['good'] - good:.2f})",
    )


def draw(axes, figures) -> None:
    names = ["as it should be", "rate too high", "rate too low", "too little text", "bad batches", "schedule too short"]
    axes.axis("off")
    for place, (arm, name) in enumerate(zip(ARMS, names, strict=True)):
        panel = axes.inset_axes([place % 3 * 0.35, 0.56 - place // 3 * 0.58, 0.29, 0.38])
        panel_of(panel, figures.trained[arm], figures.held[arm], RED if place else BLUE)
        panel.set_title(name, fontsize=9)
        panel.tick_params(labelsize=8)


def panel_of(panel, trained: str, held: str, colour: str = BLUE) -> None:
    """One run: the losses of its batches, and the held-out loss over them."""
    losses, curve = ([float(value) for value in text.split()] for text in (trained, held))
    panel.plot(losses, color=PALE, linewidth=0.8)
    panel.plot(range(0, len(losses) + 1, len(losses) // (len(curve) - 1)), curve, color=colour, linewidth=1.5)
    panel.set_ylim(0, 8)
    panel.set_xticks([0, len(losses) // 2, len(losses)])

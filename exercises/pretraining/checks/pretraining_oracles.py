"""What the checks of the lesson on pretraining share: errors, the stream and its windows, and the schedule.

Oracles are loops in Python. What a known mistake gives is computed from the same input as the right value, so that it
is known for whatever is drawn.
"""

from __future__ import annotations

import math
import re
from contextlib import contextmanager

import torch

from autograder.checks import (
    AnyOf,
    Mistakes,
    StudentError,
    expect_accepted,
    expect_close,
    expect_equal,
    expect_error,
    fail,
    probe,
)

# Six standard deviations are passed by chance twice in 10**9 times.
DEVIATIONS = 6.0


# --- join_documents -------------------------------------------------------------------------------------------------


def joined(documents, end_id):
    """The stream, id by id."""
    stream = []
    for document in documents:
        stream += document
        stream.append(end_id)
    return torch.tensor(stream, dtype=torch.int64)


def joining_mistakes(documents, end_id):
    """Sentence → the stream with that mistake."""
    right = joined(documents, end_id)

    def stream(*parts):
        return torch.tensor([one for part in parts for one in part], dtype=torch.int64)

    return {
        "There is no end behind the last document.": right[:-1],
        "The end stands in front of each document; it belongs behind it.": stream(
            *([end_id, *one] for one in documents)
        ),
        "The end stands on both sides of each document.": stream(*([end_id, *one, end_id] for one in documents)),
        "There are two ends behind each document.": stream(*([*one, end_id, end_id] for one in documents)),
        "There is one end for all documents; each has its own.": stream(*documents, [end_id]),
        "There is no end anywhere.": stream(*documents),
        "An empty document gets no end.": joined([one for one in documents if one], end_id),
        "A document that ends in the end token gets none; its own may be a token of the text.": stream(
            *(one if one and one[-1] == end_id else [*one, end_id] for one in documents)
        ),
        "The documents are in another order.": AnyOf(
            joined(documents[::-1], end_id),
            joined(sorted(documents, key=len), end_id),
            joined(sorted(documents), end_id),
        ),
        "Only the first document is there.": joined(documents[:1], end_id),
        "The last document is lost.": joined(documents[:-1], end_id),
        "The same document comes once only.": joined(
            [list(one) for one in dict.fromkeys(map(tuple, documents))], end_id
        ),
        "Tokens with the id 0 are lost.": stream(
            *([*(token for token in one if token), *([end_id] if end_id else [])] for one in documents)
        ),
        "An end with the id 0 is lost.": stream(*([*one, *([end_id] if end_id else [])] for one in documents)),
        "The stream isn't int64.": AnyOf(*(right.to(kind) for kind in (torch.int32, torch.float32, torch.int16))),
        "The stream is a list; a tensor is asked for.": right.tolist(),
    }


def expect_joined(student, documents, end_id, what="The stream"):
    with expect_accepted("" if documents else "It raises an error where there is no document."):
        got = student.join_documents(documents, end_id)
    expect_equal(
        got, joined(documents, end_id), what=what, mistakes=Mistakes(lambda: joining_mistakes(documents, end_id))
    )


# --- random_windows -------------------------------------------------------------------------------------------------


@probe
def windows(student, data, length, batch, seeds, own):
    """x and y of one call after another, each with its generator of `seeds`; with each, torch's next number.

    A seed that comes again stands for the same generator, which goes on. torch's global generator is seeded with `own`.
    """
    generators, found = {}, []
    for name, seed in seeds:
        generators.setdefault(name, torch.Generator().manual_seed(seed))
        torch.default_generator.manual_seed(own)
        found.append([student.random_windows(data, length, batch, generators[name]), torch.randint(1 << 40, ()).item()])
    return found


def stream(rng, size):
    """A stream in which no id comes twice, so that a window shows where it begins."""
    return torch.tensor(rng.permutation(range(3 * size))[:size])


def asked(student, rng, data, length, batch, *seeds):
    """Windows for each (name, seed) of a generator, looked at one by one; gives the starts of each call."""
    own = rng.randint(0, 1 << 30)
    with (
        expect_accepted("Windows are cut that end beyond the stream.", "IndexError", "RuntimeError"),
        expect_accepted("A stream that is long enough is refused.", "ValueError"),
    ):
        answers = student.run(windows, data, length, batch, [list(one) for one in seeds], own)
    following = torch.randint(1 << 40, (), generator=torch.Generator().manual_seed(own)).item()
    found = []
    for answer, number in answers:
        found.append(starts_of(answer, data, length, batch))
        if number != following:
            fail("torch's global generator is used or seeded; all numbers come from the one that is given.")
    return found


def starts_of(answer, data, length, batch):
    """Where the windows begin. Fails unless they are windows of the stream, with targets one further."""
    if not (isinstance(answer, (list, tuple)) and len(answer) == 2 and all(map(torch.is_tensor, answer))):
        fail("It gives something else than a pair of tensors, x and y.")
    x, y = answer
    place = {token: at for at, token in enumerate(data.tolist())}
    if x.ndim == 2 and y.ndim == 2 and x.shape[1] == length + 1:
        fail("x is a token too long: it holds the last target, too.")
    if x.shape == (batch, length) and y.shape == (batch, length - 1):
        fail("y is a token too short; each place of x has a target.")
    if batch != length and x.shape == (length, batch):
        fail("Windows are columns; each is a row.")
    if x.ndim == 2 and len(x) != batch:
        fail("The number of rows is not the batch that was asked for.", expected=batch, got=len(x))
    for one, name in ((x, "x"), (y, "y")):
        if one.dtype != torch.int64:
            fail(f"{name} isn't int64, as the stream is.", got=str(one.dtype))
        if one.shape != (batch, length):
            fail(f"The shape of {name} isn't (B, T).", expected=[batch, length], got=list(one.shape))
        if not {*one.flatten().tolist()} <= place.keys():
            fail(f"There are ids in {name} that are not in the stream.")
    starts = torch.tensor([place[token] for token in x[:, 0].tolist()])
    inside = starts[:, None] + torch.arange(length)
    expected = data[inside.clamp(max=len(data) - 1)]
    if not torch.equal(x, expected):
        wrapped = torch.equal(x, data[inside % len(data)])
        fail("A window goes beyond the end and on from the beginning." if wrapped else "A row of x is no window.")
    if (starts + length >= len(data)).any():
        fail("A window begins so late that its last place has no target.")
    expect_equal(
        y,
        data[inside + 1],
        what="y",
        mistakes={
            "The targets are the inputs themselves; they are one place further.": x,
            "The last target is the window's first token: roll goes round in a circle.": x.roll(-1, 1),
            "The targets are two places further; they are one.": data[(inside + 2).clamp(max=len(data) - 1)],
            "The targets are one place before the inputs; they are one further.": data[inside - 1],
            "The targets are the next window; they are one place further.": data[
                (inside + length).clamp(max=len(data) - 1)
            ],
            "The targets are windows of their own, drawn anew.": lambda: (
                y if all(row.tolist() in data.unfold(0, length, 1).tolist() for row in y) else -x
            ),
        },
    )
    return starts


def expect_equally_likely(starts, number, length):
    """Fail unless these were drawn from 0 ... number - 1, each as likely. There are some hundred for each."""
    counts = torch.bincount(starts, minlength=number)
    missing = {at for at in range(number) if not counts[at]}
    if len(missing) == number - 1:
        fail("All rows are the same window; each has its own.")
    if missing == {number - 1}:
        fail("The last window is never drawn; its last target is the last id of the stream.")
    if missing == {0}:
        fail("The first window is never drawn.")
    if len(missing) > 1 and missing == set(range(number - len(missing), number)):
        fail("Some of the last windows are never drawn.")
    if missing and missing == {at for at in range(number) if at % length}:
        fail("Only windows that lie side by side are drawn; one may begin anywhere.")
    if missing:
        fail("There are windows that are never drawn.")
    dependent = "The windows of a batch depend on each other; each is drawn by itself."
    steps = (starts[1:] - starts[:-1]) % number
    if (steps == steps[0]).all():
        fail(dependent)
    blocks = starts[: len(starts) // number * number].view(-1, number).sort(dim=1).values
    if torch.equal(blocks, torch.arange(number).expand_as(blocks)):
        fail("A start is drawn once only; each row is drawn by itself, so two may have the same.")
    spread = math.sqrt(len(starts) / number * (1 - 1 / number))
    if ((counts - len(starts) / number).abs() > DEVIATIONS * spread).any():
        fail("Some windows are drawn more often than others.")
    # by itself: of two rows that follow each other, as many as chance makes are alike, or neighbours
    for step in {0, 1, length} & {*range(number)}:
        near = (starts[1:] - starts[:-1] == step).double().mean().item()
        chance = (number - step) / number**2
        if abs(near - chance) > DEVIATIONS * math.sqrt(chance * (1 - chance) / (len(starts) - 1)) + 1e-9:
            fail(dependent)


# --- learning_rate --------------------------------------------------------------------------------------------------


@probe
def rates(student, calls):
    """The rate of each call, and whether it is a plain float."""
    found = [student.learning_rate(*call) for call in calls]
    return {"rates": [float(one) for one in found], "floats": all(type(one) is float for one in found)}


def rate(step, peak, floor, warmup, total):
    """The rate by the half-angle: (1 + cos a) / 2 is cos² (a / 2)."""
    if step < warmup:
        return peak * ((step + 1) / warmup)
    if step >= total:
        return floor
    return floor + (peak - floor) * math.cos(math.pi / 2 * (step - warmup) / (total - warmup)) ** 2


def _wave(share):
    return (1 + math.cos(math.pi * share)) / 2


def rate_mistakes():
    """Sentence → functions like `rate` with that mistake. They may divide by 0."""

    def rising(line):
        return lambda step, peak, floor, warmup, total: (
            line(step, peak, floor, warmup, total) if step < warmup else rate(step, peak, floor, warmup, total)
        )

    def falling(curve):
        return lambda step, peak, floor, warmup, total: (
            rate(step, peak, floor, warmup, total)
            if step < warmup or step >= total
            else curve(step, peak, floor, warmup, total)
        )

    def behind(curve):
        return lambda step, peak, floor, warmup, total: (
            rate(step, peak, floor, warmup, total) if step < total else curve(step, peak, floor, warmup, total)
        )

    def both(curve):
        return lambda step, *sizes: (rate if step < sizes[2] else curve)(step, *sizes)

    def along(share):
        return lambda step, peak, floor, warmup, total: floor + (peak - floor) * _wave(share(step, warmup, total))

    return {
        "Step 0 has the rate 0, and does nothing: the warmup is one step late.": [
            rising(lambda step, peak, floor, warmup, total: peak * step / warmup)
        ],
        "The last step of the warmup is not at the peak: it divides by warmup + 1.": [
            rising(lambda step, peak, floor, warmup, total: peak * (step + 1) / (warmup + 1))
        ],
        "The warmup begins at the floor; it rises from 0.": [
            rising(lambda step, peak, floor, warmup, total: floor + (peak - floor) * (step + 1) / warmup),
            rising(lambda step, peak, floor, warmup, total: floor + (peak - floor) * step / warmup),
        ],
        "No rate of the warmup is below the floor; there it may be.": [
            rising(lambda step, peak, floor, warmup, total: max(floor, peak * (step + 1) / warmup))
        ],
        "There is no warmup.": [
            rising(lambda step, peak, floor, warmup, total: peak),
            lambda step, peak, floor, warmup, total: rate(step, peak, floor, 0, total),
            lambda step, peak, floor, warmup, total: rate(max(step, warmup), peak, floor, warmup, total),
        ],
        "The warmup is no straight line.": [
            rising(lambda step, peak, floor, warmup, total: peak * (1 - _wave((step + 1) / warmup))),
            rising(lambda step, peak, floor, warmup, total: peak * ((step + 1) / warmup) ** 0.5),
            rising(lambda step, peak, floor, warmup, total: peak * ((step + 1) / warmup) ** 2),
        ],
        "The warmup goes on for one step too many, above the peak.": [
            lambda step, peak, floor, warmup, total: (
                peak * (step + 1) / warmup if 0 < warmup == step else rate(step, peak, floor, warmup, total)
            )
        ],
        "The warmup is in whole numbers: it divides with //.": [
            rising(lambda step, peak, floor, warmup, total: peak * ((step + 1) // warmup))
        ],
        "The cosine begins with step 0 and not where the warmup ends.": [falling(along(lambda s, w, t: s / t))],
        "The steps of the warmup are left in the number by which the cosine's angle is divided.": [
            falling(along(lambda s, w, t: (s - w) / t)),
            falling(along(lambda s, w, t: (s - w) / (t + w))),
        ],
        "The cosine is one step ahead: the first step after the warmup has the peak.": [
            falling(along(lambda s, w, t: (s - w + 1) / (t - w)))
        ],
        "The floor is reached one step too early.": [
            falling(along(lambda s, w, t: (s - w) / (t - w - 1) if t - w > 1 else 1.0))
        ],
        "The cosine goes down to 0 and is cut off at the floor; it goes down to the floor.": [
            falling(
                lambda step, peak, floor, warmup, total: max(floor, peak * _wave((step - warmup) / (total - warmup)))
            )
        ],
        "The cosine goes down to 0; it goes down to the floor.": [
            falling(lambda step, peak, floor, warmup, total: peak * _wave((step - warmup) / (total - warmup))),
            both(
                lambda step, peak, floor, warmup, total: (
                    peak * _wave((step - warmup) / (total - warmup)) if step < total else 0.0
                )
            ),
        ],
        "The floor is added on top: the cosine begins above the peak.": [
            falling(lambda step, peak, floor, warmup, total: floor + peak * _wave((step - warmup) / (total - warmup)))
        ],
        "The rate falls along a straight line; a cosine is asked for.": [
            falling(lambda s, peak, floor, w, t: floor + (peak - floor) * (1 - (s - w) / (t - w)))
        ],
        "The cosine goes through a whole wave; half of one is asked for.": [
            falling(along(lambda s, w, t: 2 * (s - w) / (t - w)))
        ],
        "The cosine goes through a quarter of a wave; half of one is asked for.": [
            falling(along(lambda s, w, t: (s - w) / (t - w) / 2)),
            falling(lambda s, peak, floor, w, t: floor + (peak - floor) * math.cos(math.pi / 2 * (s - w) / (t - w))),
        ],
        "The cosine rises from the floor to the peak.": [falling(along(lambda s, w, t: 1 - (s - w) / (t - w)))],
        "Half of the height is missing: the wave is (1 + cos) / 2.": [
            falling(lambda s, peak, floor, w, t: floor + (peak - floor) * (1 + math.cos(math.pi * (s - w) / (t - w))))
        ],
        "After the warmup the rate stays at the peak.": [
            falling(lambda s, peak, floor, w, t: peak),
            both(lambda s, peak, floor, w, t: peak),
        ],
        "The rate rises again after `total`.": [
            behind(lambda s, peak, floor, w, t: floor + (peak - floor) * _wave((s - w) / (t - w)))
        ],
        "After `total` the rate is 0; it is the floor.": [behind(lambda s, peak, floor, w, t: 0.0)],
        "After `total` the rate is the peak; it is the floor.": [behind(lambda s, peak, floor, w, t: peak)],
        "After `total` the schedule begins anew.": [behind(lambda s, *sizes: rate(s % sizes[-1], *sizes))],
        "The floor is taken for a share of the peak; it is a rate.": [
            both(lambda s, peak, floor, w, t: rate(s, peak, floor * peak, w, t))
        ],
        "`total` is counted from the end of the warmup; the warmup is part of it.": [
            lambda s, peak, floor, w, t: rate(s, peak, floor, w, t + w)
        ],
        "Rates are rounded.": [
            *(lambda *call, digits=digits: round(rate(*call), digits) for digits in (3, 4, 5, 6)),
        ],
    }


def expect_rates(student, steps, peak, floor, warmup, total, what="The rates"):
    """Fail unless the rates of these steps are right; they are asked for in the order of `steps`."""
    sizes = peak, floor, warmup, total
    no_warmup = "Without a warmup it divides by 0." if warmup == 0 else ""
    no_wave = "Where the warmup takes all steps it divides by 0." if warmup == total else ""
    with expect_accepted(no_warmup or no_wave, "ZeroDivisionError"):
        answer = student.run(rates, [[step, *sizes] for step in steps])

    def wrong():
        found = {}
        for sentence, functions in rate_mistakes().items():
            values = []
            for function in functions:
                try:
                    values.append([function(step, *sizes) for step in steps])
                except ZeroDivisionError:
                    continue
            found[sentence] = AnyOf(*values)
        return found

    expect_close(
        answer["rates"],
        [rate(step, *sizes) for step in steps],
        what=what,
        mistakes=Mistakes(wrong),
        rtol=1e-5,
        atol=1e-5 * peak,
        advice="Three cases: step < warmup, step < total, and the rest.",
    )
    if not answer["floats"]:
        fail("A rate must be a plain float, not a tensor or a whole number.")

"""The losses of single batches while a model trains, beside the held-out loss; and what averaging does to them."""

from __future__ import annotations

from itertools import islice

import torch

from ._shared import BLUE, GREY, PALE, ROWS, Shape, drawn, held_out_batches, new_model, reviews, run

CLAIM = "Losses of batches scatter, their mean doesn't: every second step looks like a loss, and the model gets better"
NEEDS = ("join_documents", "random_windows", "learning_rate", "decay_groups", "evaluate_loss", "train_gpt")
COLUMNS = ("", "figure")

STEPS, EVERY, PEAK, WARMUP = 240, 20, 1e-2, 40
ASKED, TOGETHER = 320, 16  # batches of one model that doesn't train; how many of them are averaged


def measure(student, backbone, seed, track):
    text = reviews(student, backbone()[1], seed)
    held_out = held_out_batches(student, text)
    model = new_model(student, Shape(text.vocab), seed)
    batches = drawn(student, text.train, torch.Generator().manual_seed(seed))

    def schedule(step):
        return student.learning_rate(step, PEAK, PEAK / 10, WARMUP, STEPS)

    found = run(student, model, batches, held_out, schedule, STEPS, EVERY, track=track)
    late = found.losses[STEPS // 2 :]
    ups = sum(after > before for before, after in zip(late, late[1:], strict=False)) / (len(late) - 1)
    held = found.held_out[STEPS // 2 // EVERY :]
    held_ups = sum(after > before for before, after in zip(held, held[1:], strict=False))
    fresh = drawn(student, text.held_out, torch.Generator().manual_seed(100 + seed), rows=ROWS)
    single = torch.tensor([student.evaluate_loss(model, [batch]) for batch in islice(fresh, ASKED)])
    means = single.unflatten(0, (-1, TOGETHER)).mean(dim=1)
    return {
        "share_up": ups,
        "held_out_up": held_ups,
        "late_fall": held[0] - held[-1],
        "spread": {"one": single.std().item(), "together": means.std().item()},
        "range": {"low": single.min().item(), "high": single.max().item()},
        "losses": found.losses,
        "held_out": found.held_out,
    }


def rows(figures):
    yield "steps of the second half at which the batch's loss rises", f"{figures.share_up:.0%}"
    yield f"times that the held-out loss rises there, of {STEPS // 2 // EVERY}", figures.held_out_up
    yield "what it falls by there", f"{figures.late_fall:.2f}"
    yield f"spread of {ASKED} batches, one model", f"{figures.spread['one']:.3f}"
    yield f"spread of the means of {TOGETHER} batches", f"{figures.spread['together']:.3f}"


def claims(figures):
    one, together = figures.spread["one"], figures.spread["together"]
    yield 0.35 < figures.share_up < 0.65, f"the batch's loss rises at {figures.share_up:.0%} of the steps"
    yield (
        figures.held_out_up <= 1 and figures.late_fall > 0.1,
        f"the held-out loss falls by {figures.late_fall:.2f}, and rises {figures.held_out_up} times",
    )
    # Of 20 means the spread is known to a sixth: 1 / sqrt(2 * 19) of it is one standard error.
    yield (
        0.5 < one / together / TOGETHER**0.5 < 2,
        f"single batches spread by {one:.3f}, means of {TOGETHER} by {together:.3f}: {one / together:.1f} times less",
    )


def draw(axes, figures) -> None:
    axes.plot(figures.losses, color=PALE, linewidth=1, label="loss of each batch")
    axes.plot(range(0, STEPS + 1, EVERY), figures.held_out, color=BLUE, marker="o", markersize=4, label="held out")
    axes.axvline(STEPS / 2, color=GREY, linestyle="--", linewidth=1)
    axes.set_xlabel("steps (dashed: the second half begins)")
    axes.set_ylabel("nats a token")
    axes.set_ylim(0, None)
    axes.legend(loc="upper right")

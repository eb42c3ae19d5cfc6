"""Runs of four sizes on as many tokens, a power law through them, and a fifth run, which it was to predict."""

from __future__ import annotations

from ._shared import BLUE, GREY, LAYERS, LENGTH, ORANGE, RED, size_of, tools_of, train, world

CLAIM = "A power law through four small runs predicts the loss of one that is more than three times as large"
NEEDS = ("block_parameters", "fit_power_law", "predict_loss", "extrapolation_error")
COLUMNS = ("width", "parameters", "of them in blocks", "tokens a parameter", "held-out loss", "the law")

WIDTHS, STEPS, ROWS = (12, 16, 24, 32, 64), 300, 32  # the last is predicted
TOKENS = STEPS * ROWS * LENGTH


def measure(student, backbone, seed, track):
    tools = tools_of(student)
    text = world(tools, seed)
    sizes = [size_of(student, text.vocab, width) for width in WIDTHS]
    blocks = [student.block_parameters(width, LAYERS) for width in WIDTHS]
    losses = [train(tools, text, width, STEPS, seed, ROWS) for width in track(WIDTHS, "five sizes")]
    a, alpha = student.fit_power_law(sizes[:-1], losses[:-1])
    return {
        "loss": {f"{width}": loss for width, loss in zip(WIDTHS, losses, strict=True)},
        "a": a,
        "alpha": alpha,
        "predicted": student.predict_loss(sizes[-1], a, alpha),
        "error": student.extrapolation_error(sizes, losses),
        "error_blocks": student.extrapolation_error(blocks, losses),
        "error_line": line(sizes, losses) / losses[-1] - 1,
        "sizes": sizes,
        "blocks": blocks,
        "law": [student.predict_loss(size, a, alpha) for size in sizes],
    }


def line(sizes: list[int], losses: list[float]) -> float:
    """What a straight line, without logarithms, says of the largest size: least squares on all others."""
    *x, asked = sizes
    y = losses[:-1]
    middle, mean = sum(x) / len(x), sum(y) / len(y)
    slope = sum((one - middle) * (other - mean) for one, other in zip(x, y, strict=True))
    return mean + slope / sum((one - middle) ** 2 for one in x) * (asked - middle)


def rows(figures):
    for width, size, blocks, law in zip(WIDTHS, figures.sizes, figures.blocks, figures.law, strict=True):
        each = f"{TOKENS / size:.1f}"
        yield width, f"{size:,}", f"{blocks:,}", each, f"{figures.loss[f'{width}']:.3f}", f"{law:.3f}"


def claims(figures):
    measured = figures.loss[f"{WIDTHS[-1]}"]
    yield 0.08 < figures.alpha < 0.25, f"loss = {figures.a:.1f} · N^-{figures.alpha:.3f}"
    yield (
        abs(figures.error) < 0.07,
        f"predicted {figures.predicted:.3f}, measured {measured:.3f}: {figures.error:+.1%}",
    )
    yield (
        figures.error_line < -0.4,
        f"a straight line, without logarithms, is off by {figures.error_line:+.0%}",
    )
    moved = figures.error_blocks - figures.error
    yield moved > 0.005, f"counting the blocks only, the same runs predict {figures.error_blocks:+.1%}"


def draw(axes, figures) -> None:
    losses = list(figures.loss.values())
    ends = [0.8 * figures.sizes[0], 1.5 * figures.sizes[-1]]
    law = [figures.a * size**-figures.alpha for size in ends]
    axes.plot(ends, law, color=GREY, linestyle="--", linewidth=1)
    axes.plot(figures.sizes[:-1], losses[:-1], "o", color=BLUE, label="small runs, which the law is fitted to")
    axes.plot(figures.sizes[-1], losses[-1], "o", color=RED, label=f"the larger one: {losses[-1]:.2f}")
    axes.plot(figures.sizes[-1], figures.predicted, "x", color=ORANGE, markersize=9,
              label=f"predicted: {figures.predicted:.2f}")  # fmt: skip
    for width, size, loss in zip(WIDTHS, figures.sizes, losses, strict=True):
        axes.annotate(f"{width} wide", (size, loss), xytext=(6, 6), textcoords="offset points", fontsize=8, color=GREY)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_yticks([2, 2.5, 3, 3.5], ["2", "2.5", "3", "3.5"])
    axes.set_xticks([1e4, 3e4, 1e5], ["10,000", "30,000", "100,000"])
    axes.minorticks_off()
    axes.set_xlabel("parameters")
    axes.set_ylabel("nats a token, held out")
    axes.legend(loc="lower left", fontsize=8)

"""Two methods at two rates: which of the two decides how much is forgotten."""

from __future__ import annotations

from ._finetuning import FINETUNE_NEEDS, HIGH, LOW, finetune, require_trainable

CLAIM = (
    "How much a method forgets depends on the rate: at a low one neither forgets much; at a high one both do, and "
    "training everything many times more"
)
NEEDS = FINETUNE_NEEDS
COLUMNS = ("trained", "rate of the backbone", "accuracy", "perplexity, times")
METHODS = {"partly": ("last two blocks", "last-2"), "full": ("everything", "full")}
RATES = {"low": LOW, "high": HIGH}


def measure(student, backbone, seed, track):
    require_trainable(backbone)
    times, accuracy = {}, {}
    for method, (trained, strategy) in METHODS.items():
        found = {
            name: finetune(student, backbone, "sentiment", seed, strategy, rate, track) for name, rate in RATES.items()
        }
        times[method] = {name: one.after / one.before for name, one in found.items()}
        accuracy[trained.split()[0]] = {RATES[name]: one.accuracy for name, one in found.items()}
    return {"times": times, "accuracy": accuracy}


def rows(figures):
    for method, (trained, _) in METHODS.items():
        for name, rate in RATES.items():
            accuracy = figures.accuracy[trained.split()[0]][rate]
            yield trained, f"{rate:g}", round(accuracy, 3), round(figures.times[method][name], 3)


def claims(figures):
    # Ten seeds: 1.001 to 1.007 and 1.014 to 1.066 at the low rate, 1.2 to 5.7 and 84 to 27,000 at the high. What
    # spreads over powers of ten has limits that the worst seed clears five times over.
    partly, full = figures.times["partly"], figures.times["full"]
    yield (
        max(partly["low"], full["low"]) < 1.2,
        f"at {LOW:g} perplexity becomes {partly['low']:.3f} times what it was with the last two blocks, "
        f"{full['low']:.3f} times with everything",
    )
    yield (
        full["high"] > 4 * partly["high"] and full["high"] > 10,
        f"at {HIGH:g} {partly['high']:.2f} times with the last two blocks, {full['high']:.0f} with everything",
    )
    yield (
        partly["high"] > full["low"] + 0.05,
        f"the last two blocks at {HIGH:g} forget more than everything at {LOW:g}: {partly['high']:.2f} times against "
        f"{full['low']:.3f}, so fewer trained weights forget less only at equal rates",
    )


def draw(axes, figures):
    for method, colour, below in (("partly", "#9fb8dc", 14), ("full", "#4c72b0", -6)):
        trained, _ = METHODS[method]
        heights = list(figures.times[method].values())
        axes.plot([0, 1], heights, marker="o", color=colour, label=trained)
        for x, height in enumerate(heights):
            axes.annotate(f"{height:.2f}", (x, height), xytext=(0, -below), ha="center", textcoords="offset points")
    axes.set_yscale("log")
    axes.axhline(1, color="black", linewidth=0.8, linestyle=":")
    axes.set_xlim(-0.2, 1.2)
    axes.set_ylim(0.6, 2 * max(height for times in figures.times.values() for height in times.values()))
    axes.set_xticks([0, 1], [f"rate {rate:g}" for rate in RATES.values()])
    axes.set_ylabel("perplexity on plain text,\nafter / before")
    axes.legend(loc="upper left")

"""The best size for Chinchilla's compute and for less and more, by five published fits of nearly the same runs."""

from __future__ import annotations

from ._published import ENTROPIES, GOPHER, MODELS, SIZES, SURFACES, TABLES
from ._shared import BLUE, GREEN, GREY, ORANGE, PALE, RED

CLAIM = "20 tokens a parameter is a fit: published fits of one set of runs say 18 to 93 at Chinchilla's compute"
NEEDS = ("compute_optimal", "training_flops", "fit_power_law", "predict_loss")
COLUMNS = ("fit", "best size at 5.76e23", "tokens a parameter at 1e20", "at 1e22", "at 5.76e23", "at 1e26")

BUDGETS = (1e20, 1e22, GOPHER, 1e26)
SAID = {
    "approach_1": "Hoffmann 1: lowest of all curves",
    "approach_2": "Hoffmann 2: equal FLOPs",
    "printed": "Hoffmann 3: surface, as printed",
    "source": "Hoffmann 3: exponents of the source",
    "refit": "Besiroglu: surface, fitted anew",
}
AWAY = 1.2  # neighbours to which an optimum is compared


def measure(student, backbone, seed, track):
    best = {}
    for name, flops in TABLES.items():
        a, alpha = student.fit_power_law(flops, SIZES)  # of the best size, which grows with the FLOPs: alpha is below 0
        best[name] = [student.predict_loss(budget, a, alpha) for budget in BUDGETS]
    higher = []
    for name, surface in SURFACES.items():
        optima = [student.compute_optimal(budget, *surface) for budget in BUDGETS]
        best[name] = [size for size, _ in optima]
        for budget, (size, tokens) in zip(BUDGETS, optima, strict=True):
            cost = student.training_flops(size, tokens) / budget
            others = [loss(name, size * away, tokens / away / cost) for away in (AWAY, 1 / AWAY)]
            higher.append(min(others) - loss(name, size, tokens / cost))
    ratio = {
        f"{name}_{budget:.3g}": budget / student.training_flops(size, size)
        for name, sizes in best.items()
        for budget, size in zip(BUDGETS, sizes, strict=True)
    }
    found = {model: loss("refit", *sizes) for model, sizes in MODELS.items()}
    spent = {model: student.training_flops(*sizes) for model, sizes in MODELS.items()}
    return {"best": {name: sizes[BUDGETS.index(GOPHER)] for name, sizes in best.items()},
            "ratio": ratio, "higher": min(higher), "loss": found, "spent": spent}  # fmt: skip


def loss(name: str, size: float, tokens: float) -> float:
    a, b, alpha, beta = SURFACES[name]
    return ENTROPIES[name] + a / size**alpha + b / tokens**beta


def at(figures, name: str, budget: float = GOPHER) -> float:
    return figures.ratio[f"{name}_{budget:.3g}"]


def rows(figures):
    for name, said in SAID.items():
        yield said, f"{figures.best[name] / 1e9:.1f} B", *(f"{at(figures, name, budget):.1f}" for budget in BUDGETS)


def claims(figures):
    for name, low, high in (
        ("approach_1", 20, 22),
        ("approach_2", 22, 25),
        ("printed", 92, 93),
        ("source", 59, 60),
        ("refit", 18, 19),
    ):
        yield low < at(figures, name) < high, f"{SAID[name]}: {at(figures, name):.1f} tokens a parameter"
    yield figures.higher > 0, f"{AWAY} times as large or as small costs {figures.higher:.1e} nats more, or above that"
    grows = at(figures, "printed", 1e26) / at(figures, "printed", 1e20)
    yield grows > 3, f"as printed it isn't one number: {grows:.1f} times as many at 1e26 as at 1e20"
    falls = at(figures, "refit", 1e26) / at(figures, "refit", 1e20)
    yield falls < 1, f"fitted anew it falls instead: {falls:.2f} times"
    gopher, chinchilla = figures.loss["Gopher"], figures.loss["Chinchilla"]
    yield chinchilla < gopher, f"Chinchilla {chinchilla:.3f}, Gopher {gopher:.3f}, by the surface that was fitted anew"


def draw(axes, figures) -> None:
    colours = dict(zip(SAID, (BLUE, PALE, RED, ORANGE, GREEN), strict=True))
    for name, said in SAID.items():
        values = [at(figures, name, budget) for budget in BUDGETS]
        axes.plot(BUDGETS, values, color=colours[name], marker="o", markersize=4, label=said)
    axes.axhline(20, color=GREY, linestyle="--", linewidth=1)
    axes.text(1.3e20, 20.5, "20", color=GREY, va="bottom")
    axes.axvline(GOPHER, color=GREY, linewidth=0.8, linestyle=":")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_yticks([10, 20, 50, 100, 200], ["10", "20", "50", "100", "200"])
    axes.minorticks_off()
    axes.set_xlabel("FLOPs (dotted: Chinchilla's)")
    axes.set_ylabel("best number of tokens a parameter")
    axes.set_ylim(9, 400)
    axes.legend(loc="upper left", fontsize=8)

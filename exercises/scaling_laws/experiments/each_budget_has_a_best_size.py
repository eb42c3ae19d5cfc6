"""Runs of equal compute, in three budgets: many tokens for a small model, or few for a large one."""

from __future__ import annotations

from itertools import product

from ._shared import BLUE, GREEN, LENGTH, ORANGE, RED, ROWS, size_of, tools_of, train, world

CLAIM = "For a given compute there is a best size; smaller and larger ones are worse, and it grows with the compute"
NEEDS = (
    "block_parameters", "training_flops", "isoflop_minimum", "fit_power_law", "fit_surface", "compute_optimal",
)  # fmt: skip
COLUMNS = ("FLOPs", "width", "parameters", "steps", "tokens a parameter", "held-out loss")

GRIDS = {4e9: (6, 8, 12, 16, 24), 8e9: (8, 12, 16, 24, 32), 16e9: (12, 16, 24, 32, 48)}
MIDDLE, ARM = 8e9, 3  # how many of its sizes, the largest, are one arm alone
LARGE, LARGE_WIDTHS = 64, (6, 8, 12, 16)  # windows in a batch, and the sizes that are trained with them
EXPONENTS = [step / 10 for step in range(1, 21)]
BORROWED = (0.34, 0.28)  # Hoffmann et al. 2022 (arXiv 2203.15556), section D.2


def measure(student, backbone, seed, track):
    tools = tools_of(student)
    text = world(tools, seed)
    runs = {budget: [] for budget in (*GRIDS, "large")}  # (width, size, steps, loss)
    found = {name: {} for name in ("loss", "best", "each")}

    plan = [(budget, width, ROWS) for budget, widths in GRIDS.items() for width in widths]
    plan += [(MIDDLE, width, LARGE) for width in LARGE_WIDTHS]
    for budget, width, rows in track(plan, "runs of equal compute"):
        size = size_of(student, text.vocab, width)
        steps = round(budget / student.training_flops(size, rows * LENGTH))
        loss = train(tools, text, width, steps, seed, rows)
        runs["large" if rows == LARGE else budget].append((width, size, steps, loss))
    for name, some in runs.items():
        budget = MIDDLE if name == "large" else name
        size = student.isoflop_minimum([one[1] for one in some], [one[3] for one in some])
        said = name if name == "large" else f"{name:.3g}"
        found["best"][said], found["each"][said] = size, budget / student.training_flops(size, size)
        found["loss"] |= {f"{said}_{one[0]}": one[3] for one in some}
    vertices = [found["best"][f"{budget:.3g}"] for budget in GRIDS]
    found["growth"] = -student.fit_power_law(list(GRIDS), vertices)[1]
    found["one_arm"] = one_arm(student, runs[MIDDLE][-ARM:])
    return found | {"runs": runs} | by_surface(student, [one for budget in GRIDS for one in runs[budget]])


def one_arm(student, some) -> float:
    """The vertex that sizes of the right arm alone give, 0 where their parabola has none."""
    try:
        return student.isoflop_minimum([one[1] for one in some], [one[3] for one in some])
    except ValueError:
        return 0.0


def by_surface(student, some) -> dict:
    """The best sizes by a surface through all runs: with exponents that fit these runs best, and with borrowed ones."""
    sizes, losses = [one[1] for one in some], [one[3] for one in some]
    tokens = [one[2] * ROWS * LENGTH for one in some]

    def fit(alpha, beta):
        e, a, b = student.fit_surface(sizes, tokens, losses, alpha, beta)
        said = [e + a / size**alpha + b / count**beta for size, count in zip(sizes, tokens, strict=True)]
        off = sum((one - other) ** 2 for one, other in zip(said, losses, strict=True))
        return off, a, b, alpha, beta

    fits = [fit(*pair) for pair in product(EXPONENTS, EXPONENTS)]
    own = min(one for one in fits if min(one[1:3]) > 0)
    found = {"alpha": own[3], "beta": own[4], "surface": {}, "borrowed": {}}
    for name, one in (("surface", own), ("borrowed", fit(*BORROWED))):
        for budget in GRIDS:
            found[name][f"{budget:.3g}"] = student.compute_optimal(budget, *one[1:])[0]
    return found


def rows(figures):
    for name, some in figures.runs.items():
        said, windows = (f"{MIDDLE:.3g}, batches of {LARGE}", LARGE) if name == "large" else (f"{name:.3g}", ROWS)
        for width, size, steps, loss in some:
            each = steps * windows * LENGTH / size
            yield said, width, f"{size:,}", steps, f"{each:.1f}", f"{loss:.3f}"
        key = "large" if name == "large" else said
        yield said, "vertex", f"{figures.best[key]:,.0f}", "", f"{figures.each[key]:.1f}", ""


def claims(figures):
    for budget in GRIDS:
        losses = [one[3] for one in figures.runs[budget]]
        lowest = min(losses)
        yield (
            losses[0] > lowest + 0.05 and losses[-1] > lowest + 0.3,
            f"{budget:.3g} FLOPs: smallest {losses[0]:.2f}, at best {lowest:.2f}, largest {losses[-1]:.2f}",
        )
    first, *_, last = (figures.best[f"{budget:.3g}"] for budget in GRIDS)
    yield 1.3 < last / first < 4, f"with four times the compute the best size is {last / first:.1f} times as large"
    ratio = figures.each["large"] / figures.each[f"{MIDDLE:.3g}"]
    yield ratio > 1.2, f"batches of {LARGE} in place of {ROWS} ask for {ratio:.1f} times as many tokens a parameter"
    for n in (f"{budget:.3g}" for budget in GRIDS):
        off = figures.surface[n] / figures.best[n]
        yield 0.5 < off < 2, f"a surface through all runs puts it at {figures.surface[n]:,.0f}, {off:.2f} times that"
    off = figures.borrowed[f"{MIDDLE:.3g}"] / figures.surface[f"{MIDDLE:.3g}"]
    yield off < 0.75, f"with the exponents of somebody else's runs at {off:.2f} times that"


def draw(axes, figures) -> None:
    for budget, colour in zip(GRIDS, (BLUE, GREEN, RED), strict=True):
        some = figures.runs[budget]
        axes.plot([one[1] for one in some], [one[3] for one in some], "o-", color=colour, markersize=4,
                  linewidth=1, label=f"{budget / 1e9:g} billion FLOPs")  # fmt: skip
        axes.axvline(figures.best[f"{budget:.3g}"], color=colour, linestyle="--", linewidth=1)
    some = figures.runs["large"]
    axes.plot([one[1] for one in some], [one[3] for one in some], "s:", color=ORANGE, markersize=4, linewidth=1,
              label=f"{MIDDLE / 1e9:g} billion, batches of {LARGE}")  # fmt: skip
    axes.set_xscale("log")
    axes.set_xticks([3e3, 1e4, 3e4, 1e5], ["3,000", "10,000", "30,000", "100,000"])
    axes.minorticks_off()
    axes.set_xlabel("parameters (dashed: the vertices)")
    axes.set_ylabel("nats a token, held out")
    axes.legend(loc="upper center", fontsize=8)

"""Perplexity of the whole model by bits and by how many weights share a scale."""

from __future__ import annotations

from ._shared import COLOURS, competent, perplexity, pieces, round_trip, with_weights

CLAIM = "int8 costs next to nothing in perplexity; below that, the fewer numbers share a scale, the less it costs"
NEEDS = ("absmax_dequantize", "blockwise_dequantize", "nf4_dequantize")

BITS = (8, 4, 3, 2)
SCALES = ("tensor", "row", "block 64")
SETTINGS = [*((name, bits) for name in SCALES for bits in BITS), ("NF4", 4)]
COLUMNS = ("one scale per", *(f"{bits} bits" for bits in BITS))


def measure(student, backbone, seed, track):
    model, tokenizer = backbone()
    tokens = pieces(tokenizer, seed, 16)  # (16, 256)
    base = competent(model, tokens)
    found, cost = {}, {}
    for name, bits in track(SETTINGS, "quantizing and reading"):
        value = perplexity(with_weights(model, round_trip(student, name, bits)), tokens)
        found[f"{name} {bits}"], cost[f"cost {name} {bits}"] = value, value / base - 1
    return {"base": base, **found, **cost}


def rows(figures):
    yield ("(fp32)", *[round(figures.base, 3)] * len(BITS))
    for name in (*SCALES, "NF4"):
        yield (
            name,
            *(round(vars(figures)[f"{name} {bits}"], 3) if (name, bits) in SETTINGS else "" for bits in BITS),
        )


def claims(figures):
    # Five seeds: at 8 bits perplexity changes by 0.04% at most; at 4 it costs 1.6 to 2.7% per tensor, 0.2 to
    # 0.5% per block and in NF4; at 3 25 to 32% and 2.1 to 3.5%; at 2 it is 12,000 to 14,000 and 8 to 10.
    base, found = figures.base, vars(figures)
    yield (
        max(abs(found[f"cost {name} 8"]) for name in SCALES) < 0.005,
        f"with 8 bits perplexity changes by {100 * found['cost tensor 8']:+.2f}% per tensor, "
        f"{100 * found['cost row 8']:+.2f}% per row, {100 * found['cost block 64 8']:+.2f}% per block",
    )
    tensor, block, nf4 = (found[f"cost {name} 4"] for name in ("tensor", "block 64", "NF4"))
    yield (
        tensor > 2 * block and block < 0.02 and nf4 < 0.02,
        f"4 bits per tensor cost {100 * tensor:.1f}%, per block of 64 {100 * block:.1f}%, NF4 {100 * nf4:.1f}%",
    )
    tensor, block = found["cost tensor 3"], found["cost block 64 3"]
    yield (
        tensor > 0.1 and tensor > 3 * block,
        f"3 bits per tensor cost {100 * tensor:.0f}%, per block {100 * block:.1f}%",
    )
    yield (
        found["tensor 2"] > 100 * base and found["block 64 2"] > 1.5 * base,
        f"2 bits destroy it: perplexity {found['tensor 2']:,.0f} per tensor, {found['row 2']:.1f} per row, "
        f"{found['block 64 2']:.1f} per block, {base:.2f} before",
    )


def draw(axes, figures):
    positions = {bits: position for position, bits in enumerate(BITS)}
    least = 0.03  # percent: what is less, or a gain by chance, is drawn there
    for name in (*SCALES, "NF4"):
        costs = {bits: 100 * vars(figures)[f"cost {name} {bits}"] for scale, bits in SETTINGS if scale == name}
        style = {"marker": "o"} if len(costs) > 1 else {"marker": "*", "markersize": 12, "linestyle": ""}
        label = f"{'one scale per ' if name != 'NF4' else ''}{name}"
        heights = [max(least, cost) for cost in costs.values()]
        axes.plot([positions[bits] for bits in costs], heights, color=COLOURS[name], label=label, **style)
    axes.axhline(least, color="grey", linewidth=0.8, linestyle=":")
    axes.text(len(BITS) - 1, 1.2 * least, "next to nothing", color="grey", va="bottom", ha="right")
    axes.set_yscale("log")
    axes.set_xticks(list(positions.values()), [f"{bits} bits" for bits in positions])
    axes.set_ylabel("more perplexity than in fp32, %")
    axes.legend()

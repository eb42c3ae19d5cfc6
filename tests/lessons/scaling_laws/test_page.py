"""The figures on the page of `scaling_laws`, computed again with the reference or taken from what was measured.

pytest tests/lessons/scaling_laws/test_page.py
"""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LESSON = ROOT / "exercises" / "scaling_laws"
PAGE = (LESSON / "README.md").read_text(encoding="utf-8")
PROSE = " ".join(PAGE.split())  # figures may stand at the end of a line
REFERENCE = runpy.run_path(str(ROOT / "solutions" / "scaling_laws" / "scaling_laws.py"))
CHINCHILLA = 5.76e23


def measured(name: str) -> dict[str, tuple[float, float]]:
    """Smallest and largest value of every number of an experiment over its five seeds."""
    found = json.loads((LESSON / "measured" / f"{name}.json").read_text(encoding="utf-8"))
    assert found["state"] == "holds" and len(found["seeds"]) == 5
    return {key: (value["min"], value["max"]) for key, value in found["spread"].items()}


def percent(both: tuple[float, float]) -> str:
    return f"{100 * both[0]:+.1f} to {100 * both[1]:+.1f}%"


def computed() -> dict[str, str]:
    """Text on the page → where it comes from."""
    flops = REFERENCE["flops_per_token"]
    matrices = flops(124_439_808, 12, 768, 0)
    blocks = REFERENCE["block_parameters"](768, 12)
    even = next(context for context in range(1, 10_000) if flops(0, 12, 768, context) >= 6 * blocks)
    days = REFERENCE["training_days"](REFERENCE["training_flops"](70e9, 1.4e12), 1024, 312e12, 0.4)
    texts = {
        f"takes {matrices / 1e9:.3f} GFLOPs a token for the first": "GPT-2's matrices",
        f"and {flops(0, 12, 768, 1024) / 1e9:.3f} for the second at 1,024": "its attention",
        f"at a context of 6 · 768 = {even:,}": "where attention costs as much as the blocks",
        f"are {days:.2f} days": "Chinchilla",
    }
    for context in (16, 64, 192, 512):
        total, own = flops(34_176, 2, 32, context), flops(34_176, 2, 32, 0)
        texts[f"| {context} | {total:,} | {own:,} | {100 * (1 - own / total):.0f}% |"] = "FLOPs of a token"
    a, alpha = REFERENCE["fit_power_law"]([100, 400], [4, 2])
    assert (a, alpha) == pytest.approx((40, 0.5))
    assert REFERENCE["extrapolation_error"]([100, 400, 1600], [4, 2, 1.25]) == pytest.approx(-0.2)
    n, d = REFERENCE["compute_optimal"](120, 5, 4, 1, 0.5)
    texts[f"so N = {n:.0f} and D = {d:.0f}, and"] = "by hand"
    for fit in ((406.4, 410.7, 0.34, 0.28), (406.4, 410.7, 0.3392, 0.2849), (482.01, 2085.43, 0.3478, 0.3658)):
        (n, d), low, high = (REFERENCE["compute_optimal"](c, *fit) for c in (CHINCHILLA, 1e20, 1e26))
        ratios = f"| {d / n:.1f} | {low[1] / low[0]:.1f} | {high[1] / high[0]:.1f} |"
        texts[f"| {n / 1e9:.1f} B {ratios}"] = f"the fit {fit}"
    for size, tokens in ((280e9, "300 B"), (175e9, "300 B"), (70e9, "1.4 T"), (8e9, "15 T")):
        number, unit = tokens.split()
        each = float(number) * {"B": 1e9, "T": 1e12}[unit] / size
        said = f"{each:.2f}" if each < 1.5 else f"{each:.1f}" if each < 2 else f"{each:,.0f}"
        texts[f"| {size / 1e9:.0f} B | {tokens} | {said} |"] = "tokens a parameter"
    return texts


def of_experiments() -> dict[str, str]:
    texts = {}
    larger = measured("small_runs_predict_a_larger_one")
    texts[f"all parameters | {percent(larger['error'])} |"] = "the power law"
    texts[f"blocks alone | {percent(larger['error_blocks'])} |"] = "the power law, by blocks"
    low, high = larger["error_line"]
    texts[f"without logarithms | {100 * low:.0f} to {100 * high:.0f}% |"] = "the straight line"
    texts["α is {:.3f} to {:.3f}".format(*larger["alpha"])] = "the exponent"
    valley = measured("each_budget_has_a_best_size")
    file = LESSON / "measured" / "each_budget_has_a_best_size.json"
    verdicts = [one["verdicts"] for one in json.loads(file.read_text(encoding="utf-8"))["seeds"]]
    for budget in ("4e+09", "8e+09", "1.6e+10"):
        losses = [both for name, both in valley.items() if name.startswith(f"loss_{budget}_")]
        lowest = [
            float(re.search(r"at best ([\d.]+)", one["figure"])[1])
            for each in verdicts
            for one in each
            if one["figure"].startswith(f"{budget} FLOPs")
        ]
        assert len(lowest) == 5
        bounds = (losses[0], (min(lowest), max(lowest)), losses[-1])
        said = ["{:.2f} to {:.2f}".format(*both) for both in bounds]
        best = "{:,.0f} to {:,.0f}".format(*valley[f"best_{budget}"])
        each = "{:.0f} to {:.0f}".format(*valley[f"each_{budget}"])
        texts[f"| {budget} | {' | '.join(said)} | {best} | {each} |"] = "a valley"
    texts["the best size is {:.1f} to {:.1f} times".format(*(4**one for one in valley["growth"]))] = "its growth"
    texts["ask for {:.0f} to {:.0f} tokens".format(*valley["each_large"])] = "larger batches"
    fits = measured("a_good_fit_can_be_far_off")
    rows = {"0.3478, 0.3658 (its own)": "own", "0.35, 0.35": "equal", "0.34, 0.28": "hoffmann", "0.3, 0.4": "other"}
    for exponents, name in rows.items():
        off, ratio = fits[f"off_{name}"][0], fits[f"ratio_{name}"][0]
        texts[f"| {exponents} | {off:.4f} | {ratio:.1f} |"] = "a good fit"
    texts[f"does less: {fits['low'][0]:.1f} to {fits['high'][1]:.1f}"] = "noise"
    twenty = measured("twenty_is_a_fit")
    for row in ("approach_1", "approach_2"):
        ratios = [twenty[f"ratio_{row}_{flops}"][0] for flops in ("5.76e+23", "1e+20", "1e+26")]
        size = twenty[f"best_{row}"][0] / 1e9
        texts[f"| {size:.1f} B | " + " | ".join(f"{one:.1f}" for one in ratios) + " |"] = "an approach's table"
    return texts


def of_the_real_run() -> dict[str, str]:
    found = json.loads((LESSON / "measured" / "real_run.json").read_text(encoding="utf-8"))
    (first, second), (each, other) = found["best"], found["each"]
    return {
        f"lowest at {first:,.0f} parameters and {each:.1f} tokens each, at 6e10 at {second:,.0f} and {other:.1f}": "it",
        f"as the compute to the power of {found['growth']:.2f}": "its growth",
    }


@pytest.mark.parametrize("text", [*computed(), *of_experiments(), *of_the_real_run()])
def test_the_page_says_what_came_out(text: str) -> None:
    assert text in PROSE

"""Every figure on quantization's page is computed again or read from what was measured; no other figure stands there.

pytest tests/lessons/quantization/test_page.py
"""

from __future__ import annotations

import json
import re
import runpy
from functools import cache
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[3]
LESSON = ROOT / "exercises" / "quantization"
PAGE = " ".join((LESSON / "README.md").read_text(encoding="utf-8").split())  # whatever the line breaks
REFERENCE = runpy.run_path(str(ROOT / "solutions" / "quantization" / "quantization.py"))
FOUND = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (LESSON / "measured").glob("*.json")}
MEASURED = {name: one for name, one in FOUND.items() if not name.startswith("real_")}
REAL, REAL_LORA = FOUND["real_smollm2_qlora"], FOUND["real_smollm2_lora"]
SEVEN = 7_000_000_000

# What the page takes from elsewhere: sizes, names, settings and published figures.
GIVEN = {
    "7": "billion parameters",
    "6": "GB of a graphics card; bits",
    "16": "bits; levels",
    "32": "bits of fp32; numbers of a head",
    "8": "bits",
    "4": "bits",
    "15": "codes of int4",
    "255": "codes of int8; steps",
    "256": "codes of a byte; maxima in a block",
    "127": "the largest code",
    "128": "one more",
    "1,024": "side of the matrix",
    "100": "standard deviations",
    "64": "numbers in a block",
    "192": "tokens",
    "30": "the planted factor",
    "65,000": "numbers of bf16, checked below",
    "70": "billion, a model's name",
    "135": "million, a model's name",
    "2023": "year of the paper",
    "2305.14314": "arXiv number",
    "2402.02750": "arXiv number",
    "2208.07339": "arXiv number",
    "2211.10438": "arXiv number",
    "2210.17323": "arXiv number",
    "8.34": "perplexity of OPT-175B on WikiText2, in the paper on GPTQ",
    "8.37": "the same after GPTQ at 4 bits",
    "175": "billion, OPT",
    "65": "billion, LLaMA",
    "8.5": "the outlier",
    "0.02": "beside it",
    "0.05": "beside it",
    "0.1": "beside it",
    "0.8": "of the four numbers",
    "0.5": "of the four numbers",
    "0.03": "beside it",
}


def normal_weights(outlier: bool = False) -> torch.Tensor:
    """1,024 × 1,024 normal numbers of standard deviation 0.02, the first of them 100 standard deviations if told."""
    w = 0.02 * torch.randn(1024, 1024, generator=torch.Generator().manual_seed(0))
    if outlier:
        w[0, 0] = 2.0
    return w


def error(w: torch.Tensor, kind: str, bits: int = 8) -> float:
    quantize, back = REFERENCE[f"{kind}_quantize"], REFERENCE[f"{kind}_dequantize"]
    if kind == "nf4":
        return REFERENCE["reconstruction_error"](w, back(*quantize(w), w.shape))
    if kind == "blockwise":
        return REFERENCE["reconstruction_error"](w, back(*quantize(w, 64, bits), 64))
    return REFERENCE["reconstruction_error"](w, back(*quantize(w, bits)))


def spread(name: str, number: str, which: str = "median") -> float:
    return MEASURED[name]["spread"][number][which]


@cache
def computed() -> list[str]:
    """Texts of the page, each written as the page writes it."""
    w, spoiled = normal_weights(), normal_weights(outlier=True)
    absmax, back = REFERENCE["absmax_quantize"], REFERENCE["absmax_dequantize"]
    q, scale = absmax(torch.tensor([-0.8, 0.3, 1.2, -0.5]))
    steps = torch.tensor([-0.8, 0.3, 1.2, -0.5]) / scale
    small, _ = absmax(torch.tensor([-0.1, 0.05, 0.02, -0.03, 8.5]))
    by_row = REFERENCE["reconstruction_error"](spoiled, back(*absmax(spoiled, 8, dim=1)))
    n = torch.randn(1 << 20, generator=torch.Generator().manual_seed(1))
    mean_error = (REFERENCE["nf4_dequantize"](*REFERENCE["nf4_quantize"](n), n.shape) - n).abs().mean()
    codes, scales = SEVEN / 2, 4 * SEVEN / 64  # bytes in 4 bits
    double = codes + SEVEN / 64 + 4 * SEVEN / 64 / 256
    errors = [error(w, "absmax", bits) for bits in (8, 6, 5, 4, 3, 2)]
    bits, outlier, keys = "bits_and_granularity", "planted_outlier", "kv_cache"
    straight, swapped = "4 bits, outlier channel", "4 bits, outlier channel, axes swapped"
    key_errors = [spread(keys, f"key error, {which}") for which in (swapped, straight)]

    def row(name: str, label: str) -> str:
        cells = [f"{spread(bits, f'{name} {b}'):,.2f}" for b in (8, 4, 3)] + [
            f"{spread(bits, f'{name} 2'):,.0f}" if name == "tensor" else f"{spread(bits, f'{name} 2'):.1f}"
        ]
        return f"| {label} | {' | '.join(cells)} |"

    def planted(name: str, label: str) -> str:
        values = (spread(outlier, f"{name}, {kind}") for kind in ("none", "column", "row"))
        cells = (f"{value:,.0f}" if value > 50 else f"{value:.2f}" for value in values)
        return f"| {label} | {' | '.join(cells)} |"

    def percent(number: str) -> str:
        return f"{100 * spread(bits, number):.1f}%"

    return [
        f"| bf16 | 16 | {2 * SEVEN / 1e9:.0f} GB |",
        f"| fp32 | 32 | {4 * SEVEN / 1e9:.0f} GB |",
        f"| int8 | 8 | {SEVEN / 1e9:.0f} GB | {2 * 127 + 1} |",
        f"| int4 | 4 | {codes / 1e9:.1f} GB | {2 * 7 + 1} |",
        f"in 4 bits it takes {(codes + scales) / 1e9:.2f} GB",
        f"7 billion weights take {(codes + scales) / 1e9:.2f} GB, not {codes / 1e9:.1f}",
        f'so "4 bits" are {4 + 32 / 64}, and',
        f"(double quantization): {double / 1e9:.2f} GB",
        f"1.2 / 127 = {scale:.5f}; w / scale | {' | '.join(f'{step:.4g}' for step in steps.tolist())} |",
        f"byte each | {' | '.join(map(str, q.tolist()))} |",
        f"back again | {' | '.join(f'{one:.4g}' for one in back(q, scale).tolist())} |",
        f"becomes {small.tolist()}.",
        f"gone: {255 - len(set(small.tolist()))} of the 255 codes go unused",
        f"| error | {' | '.join(f'{one:.2f}' if one > 0.1 else f'{one:.3f}' for one in errors)} |",
        f"the error at 8 bits goes from {errors[0]:.3f} to {error(spoiled, 'absmax'):.2f}",
        f"the error of the matrix with that outlier is {by_row:.3f} again",
        f"4 bits have an error of {error(w, 'blockwise', 4):.3f} where one scale for everything has {errors[3]:.2f}",
        f"relative error is {error(w, 'nf4'):.3f}, where int4 in the same blocks has {error(w, 'blockwise', 4):.3f}",
        f"standard deviation of 1 is {mean_error:.4f}, the figure",
        f"192 tokens, {spread(keys, 'share, 8 bits'):.3f} of a 16-bit cache",
        f"({spread(bits, 'base'):.2f} before)",
        row("tensor", "tensor"),
        row("row", "row"),
        row("block 64", "block of 64"),
        f"| NF4, block of 64 | | {spread(bits, 'NF4 4'):.2f} | | |",
        f"one scale per tensor costs {percent('cost tensor 4')}, one per block of 64 {percent('cost block 64 4')}, "
        f"NF4 {percent('cost NF4 4')}.",
        planted("tensor", "tensor"),
        planted("row", "row"),
        planted("column", "column"),
        planted("block 64", "block of 64"),
        planted("block 16", "block of 16"),
        f"(error {key_errors[0]:.3f} against {key_errors[1]:.3f}, for",
        f"from {REAL['bytes before'] / 1e6:.0f} to {REAL['bytes'] / 1e6:.1f} MB with",
        f"from {REAL['perplexity']:.1f} to {REAL['perplexity adapted']:.1f}, and",
        f"accuracy on {REAL['test']} unseen reviews from {100 * REAL_LORA['accuracy before']:.0f} to "
        f"{100 * REAL['accuracy before']:.0f}%",
        f"After {REAL['steps']} steps with {REAL['batch']} reviews each it is {100 * REAL['accuracy']:.0f}%, where "
        f"LoRA beside the weights in fp32 reaches {100 * REAL_LORA['accuracy']:.0f}%",
        f"worse: {100 * spread(keys, f'agree, {swapped}'):.0f}% of the next tokens are the same as before, "
        f"{100 * spread(keys, f'agree, {straight}'):.0f}% with a scale per channel",
    ]


@pytest.mark.parametrize("index", range(37))
def test_the_page_says_what_is_computed_and_measured(index: int) -> None:
    assert computed()[index] in PAGE


def test_every_text_is_looked_for() -> None:
    assert len(computed()) == 37


def test_no_figure_is_unexplained() -> None:
    """Every number of two digits or more, or with a fraction, is computed above or given with its source."""
    prose = PAGE[: PAGE.index("## Your turn")]
    prose = re.sub(r"fp32|bf16|int8|int4|NF4|`[^`]*`|    scale = .*?scale\)", "", prose)
    known = set(GIVEN) | {number for text in computed() for number in _numbers(text)}
    unexplained = [number for number in _numbers(prose) if len(number) > 1 and number not in known]
    assert unexplained == []


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,_]*(?:\.\d+)?", re.sub(r"(?<=\d)[,.](?=\s|$)", "", text))


def test_bf16_has_about_65_000_numbers() -> None:
    every = torch.arange(-(2**15), 2**15, dtype=torch.int32).to(torch.int16).view(torch.bfloat16).float()
    finite = every[every.isfinite()].unique()  # 0 and -0 are one
    assert 64_500 < len(finite) < 65_500


def test_outliers_of_the_small_model_are_as_few_as_the_page_says() -> None:
    from autograder.backbone import load_backbone

    model, _ = load_backbone()
    largest = [
        (weight.abs().max() / weight.std()).item()
        for name, weight in model.transformer.h.named_parameters()
        if weight.ndim == 2
    ]
    assert "(its largest weights are 5 to 7 standard deviations)" in PAGE
    assert 4.5 < min(largest) and max(largest) < 7.5


def test_the_list_of_what_was_measured_says_what_was_measured() -> None:
    listed = (LESSON / "measured" / "README.md").read_text(encoding="utf-8")

    def ends(name: str, number: str, form: str = ".2f", times: float = 1.0) -> str:
        return " to ".join(f"{times * spread(name, number, which):{form}}" for which in ("min", "max"))

    bits, outlier, keys, qlora = "bits_and_granularity", "planted_outlier", "kv_cache", "qlora_trains"
    straight, swapped = "agree, 4 bits, outlier channel", "agree, 4 bits, outlier channel, axes swapped"
    for text in (
        f"perplexity {ends(bits, 'base')} before",
        f"4 bits cost {ends(bits, 'cost tensor 4', '.1f', 100)}% with one scale",
        f"3 bits {ends(bits, 'cost tensor 3', '.0f', 100)}% and {ends(bits, 'cost block 64 3', '.1f', 100)}%",
        f"it is {ends(bits, 'tensor 2', ',.0f')} per tensor, {ends(bits, 'block 64 2', '.1f')} per block",
        f"{ends(outlier, 'tensor, column', ',.0f')} with the column",
        f"{ends(outlier, 'tensor, row', '.0f')} with the row",
        f"per row {ends(outlier, 'row, column', '.1f')} and {ends(outlier, 'row, row')}",
        f"per column {ends(outlier, 'column, column')} and {ends(outlier, 'column, row', '.1f')}",
        f"per block of 64 {ends(outlier, 'block 64, column', '.1f')} and {ends(outlier, 'block 64, row')}",
        f"{ends('one_sided', 'ratio_activation')} times after the model's own",
        f"{ends('one_sided', 'ratio_two_sided')} times on two-sided",
        f"absmax errs {spread('one_sided', 'ratio_relu'):.2f} times",
        f"hold {spread('bytes_held', 'fp32'):,} bytes in fp32, {spread('bytes_held', 'held 8'):,} in 8 bits, "
        f"{spread('bytes_held', 'held 4'):,} in 4",
        f"base {ends(qlora, 'accuracy_base', '.1f', 100)}%, LoRA {ends(qlora, 'accuracy_lora', '.1f', 100)}%, "
        f"QLoRA {ends(qlora, 'accuracy_qlora', '.1f', 100)}% ({ends(qlora, 'behind', '.1f', 100)} points behind)",
        f"into the original by {ends(qlora, 'wrong_merge_gap', '.1f')}",
        f"int8 takes {spread(keys, 'share, 8 bits'):.3f} of a 16-bit cache",
        f"{ends(keys, straight, '.1f', 100)}% with the right axes, {ends(keys, swapped, '.1f', 100)}% with the axes",
        f"{spread('agrees_with_bitsandbytes', 'numbers'):,} numbers",
        f"hold {spread('loaded_in_4bit', 'held'):,} bytes (needs",
    ):
        assert text in listed

"""The figures on the page of `efficiency`, computed again with the reference or taken from what was measured.

pytest tests/lessons/efficiency/test_page.py
"""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

ROOT = Path(__file__).resolve().parents[3]
LESSON = ROOT / "exercises" / "efficiency"
PAGE = (LESSON / "README.md").read_text(encoding="utf-8")
PROSE = " ".join(PAGE.split())  # figures may stand at the end of a line
REFERENCE = runpy.run_path(str(ROOT / "solutions" / "efficiency" / "efficiency.py"))
BF16, FP16, FP32 = torch.bfloat16, torch.float16, torch.float32
FLOPS, BANDWIDTH, GPT2 = 312e12, 2e12, 124_439_808

# What the page takes from elsewhere, and settings.
GIVEN = {
    "124": "million weights of GPT-2",
    "32": "bits; layers of Llama; heads of queries of Llama 3; width of a head and of a block",
    "16": "bits; tokens; texts",
    "10": "bits of fraction of tf32; a value; tokens",
    "20": "a value",
    "30": "a value",
    "12": "heads of GPT-2; a position",
    "100": "new tokens; steps; a power",
    "1,000": "new tokens",
    "40": "steps",
    "200": "new tokens",
    "0.001": "a step",
    "0.002": "a step",
    "1e-8": "a gradient",
    "1e-3": "a rate",
    "1e-4": "a rate",
    "65,536": "a scale",
    "70,000": "above the largest number of fp16",
    "4,096": "tokens; a width",
    "8,192": "tokens; also numbers of a tensor",
    "256": "tokens; also a number of bf16",
    "512": "tokens",
    "1,024": "tokens",
    "2,048": "tokens",
    "141,056": "numbers of the real run, checked in test_real_run.py",
    "257": "a number that bf16 doesn't have",
    "128": "numbers between 1 and 2",
    "768": "weights of ml-by-hand#85",
    "1.0": "a gain",
    "50,000": "a sentinel of flashinfer#4401",
    "2009": "year of a paper",
    "2017": "year of a paper",
    "2018": "year of a paper",
    "2019": "year of a paper",
    "2022": "year of a paper",
    "3.1": "section of a paper",
    "3.2": "section of a paper",
}


def measured(name: str) -> dict[str, tuple[float, float]]:
    """Smallest and largest value of every number of an experiment over its five seeds."""
    found = json.loads((LESSON / "measured" / f"{name}.json").read_text(encoding="utf-8"))
    assert found["state"] == "holds" and len(found["seeds"]) == 5
    return {key: (value["min"], value["max"]) for key, value in found["spread"].items()}


def learnt() -> dict[tuple[str, str], tuple[float, float]]:
    """Of small_updates_need_fp32: what each arm learnt of what float32 learns, in percent, over five seeds."""
    found = json.loads((LESSON / "measured" / "small_updates_need_fp32.json").read_text(encoding="utf-8"))
    shares = {}
    for rate in ("0.0001", "0.001"):
        for arm in ("masters", "bf16"):
            each = []
            for seed in found["seeds"]:
                numbers = seed["numbers"]
                gain = {name: numbers["start"] - numbers[f"loss_{name}_{rate}"] for name in (arm, "fp32")}
                each.append(100 * gain[arm] / gain["fp32"])
            shares[arm, rate] = min(each), max(each)
    return shares


def span(pair: tuple[float, float], form: str = "{:.2f}") -> str:
    low, high = (form.format(one) for one in pair)
    return low if low == high else f"{low} to {high}"


def one(number: float, dtype: torch.dtype) -> torch.Tensor:
    return torch.tensor(number, dtype=dtype)


def steps_down(dtype: torch.dtype) -> float:
    number = one(1.0, dtype)
    for _ in range(1000):
        number = number - one(0.001, dtype)
    return number.item()


def ones(count: int) -> float:
    number = one(0.0, BF16)
    for _ in range(count):
        number = number + one(1.0, BF16)
    return number.item()


def formats() -> dict[str, str]:
    """What rounding does."""
    below = torch.nextafter(one(1.0, BF16), one(0.0, BF16)).item()
    rows = {
        "1 + 0.001": one(1.0, BF16) + one(0.001, BF16),
        "1 - 0.001": one(1.0, BF16) - one(0.001, BF16),
        "1 - 0.002": one(1.0, BF16) - one(0.002, BF16),
        "0 + 1 + 1 + ..., a thousand times": one(ones(1000), BF16),
    }
    assert one(1e-8, FP16).item() == 0 and one(70_000.0, FP16).isinf()
    return {f"| {said} | {float(f'{value.item():.4f}'):g} |": "bf16" for said, value in rows.items()} | {
        f"above {torch.finfo(FP16).max:,.0f} everything is inf": "torch.finfo",
        f"between 1 and 2 there are {1 / torch.finfo(BF16).eps:.0f} numbers": "torch.finfo",
        f"so 257 becomes {one(257.0, BF16).item():.0f}": "bf16",
        f"The next bf16 number below 1 is {below:.4f}": "torch.nextafter",
        f"end at {steps_down(FP32):.1e} in fp32, at {steps_down(FP16):.4f} in fp16, and in bf16 at "
        f"{steps_down(BF16):g}": "a thousand steps",
        f"a thousand of -0.001 come to {steps_down(FP16):.4f}": "the same",
        f"so is every gradient: {(one(1e-8, FP32) * 65_536).half().item():.2e}": "fp16",
    }


def truck() -> dict[str, str]:
    """What one token costs, and the roofline."""
    intensity, bound_by = REFERENCE["intensity"], REFERENCE["bound_by"]
    one_token, many = intensity(1, 4_096, 4_096), intensity(512, 4_096, 4_096)
    assert (bound_by(one_token, FLOPS, BANDWIDTH), bound_by(many, FLOPS, BANDWIDTH)) == ("memory", "compute")
    return {
        f"{2 * GPT2 / 1e9:.3f} billion FLOPs. A large accelerator computes {FLOPS / 1e9:,.0f} billion a second": "2N",
        f"{2 * GPT2 / FLOPS * 1e6:.2f} millionths of a second. It takes at least {2 * GPT2 / BANDWIDTH * 1e6:.0f}": "",
        f"{2 * GPT2 / 1e6:.0f} MB, and its memory brings {BANDWIDTH / 1e9:,.0f} GB a second": "2 bytes each",
        f"intensity of {one_token:.4f}": "the reference",
        f"512 tokens at once have {many:.1f}": "the reference",
        f"312e12 / 2e12 = {FLOPS / BANDWIDTH:.0f}": "the ridge",
        f"at {one_token * BANDWIDTH / FLOPS:.1%} of what the device could do": "the roofline",
    }


def memory() -> dict[str, str]:
    """Caches, scores and statistics."""
    tokens, bytes_of = REFERENCE["tokens_through"], REFERENCE["attention_bytes"]
    fewer = {new: tokens(new, False) / tokens(new, True) for new in (100, 1_000)}
    gpt2, llama2, llama3 = (2 * layers * width * 2 for layers, width in ((12, 768), (32, 4_096), (32, 8 * 128)))
    scores, statistics = (bytes_of(4_096, 12, 16, stored) for stored in ("scores", "statistics"))
    return {
        f"{fewer[100]:g} times fewer for 100, {fewer[1_000]:g} times for 1,000": "the reference",
        f"GPT-2 keeps {gpt2:,} bytes a token, {gpt2 * 1_024 / 1e6:.1f} MB for 1,024": "its shape",
        f"{llama2 * 4_096 / 1e9:.2f} GB for 4,096": "32 layers, 4,096 wide",
        f"keeps {llama3 * 8_192 / 1e9:.2f} GB for 8,192": "32 layers, 8 heads of 128",
        f"4,096 tokens in fp32: {bytes_of(4_096, 1, 32, 'scores') / 1e6:.1f} MB for one head; 12 heads in fp16: "
        f"{scores / 1e6:.0f} MB": "the reference",
        f"are {statistics / 1e6:.2f} MB where the scores were {scores / 1e6:.0f}": "the reference",
        f"o / l = {(F.softmax(torch.tensor([1.0, 3, 2]), 0) @ torch.tensor([10.0, 20, 30])).item():.3f}": "softmax",
    }


def claimed() -> dict[str, str]:
    """What the experiments gave."""
    small, cache, blocks = (
        measured(name) for name in ("small_updates_need_fp32", "cache_changes_the_cost", "blocks_are_exact_and_small")
    )
    found = {}
    for rate in ("0.0001", "0.001"):
        for arm, said in (("masters", "bf16, fp32 masters"), ("bf16", "bf16 alone")):
            parts = [
                span([100 * one for one in small[f"{kind}_{arm}_{rate}"]], "{:.0f}") for kind in ("gains", "moved")
            ]
            share = span(learnt()[arm, rate], "{:.0f}")
            found[f"| {float(rate):g} | {said} | {share}% | {parts[0]}% | {parts[1]}% |"] = "small_updates_need_fp32"
    for new in (25, 50, 100, 200):
        read, kept = (cache[f"{name}_{new}"][0] for name in ("read", "read_cached"))
        times = cache[f"flops_{new}"][0] / cache[f"flops_cached_{new}"][0]
        found[f"| {new} | {read:,} | {kept} | {times:.1f} | {(new + 1) / 2:g} |"] = "cache_changes_the_cost"
        assert cache[f"same_{new}"] == (1, 1)
    for tokens in (256, 512, 1_024, 2_048):
        both = [blocks[f"largest_{name}_{tokens}"][0] for name in ("whole", "blocks")]
        found[f"| {tokens:,} | {both[0]:,} | {both[1]:,} |"] = "blocks_are_exact_and_small"
    run = json.loads((LESSON / "measured" / "real_run.json").read_text(encoding="utf-8"))["writing"]
    return found | {
        f"{span([100 * one for one in cache['stuck']], '{:.0f}')}% are the same": "cache_changes_the_cost",
        f"off by {span(blocks['worst_blocks'], '{:.1e}')} at most": "blocks_are_exact_and_small",
        f"all scores at once {span(blocks['worst_whole'], '{:.1e}')}": "the same",
        f"the average of softmaxes {span(blocks['averaged'], '{:.1f}')}": "the same",
        f"{run['without']:.0f} tokens a second without a cache and {run['with']:.0f} with one": "the real run",
    }


def computed() -> dict[str, str]:
    """Text on the page → where it comes from."""
    return truck() | formats() | memory() | claimed()


@pytest.mark.parametrize("text", computed())
def test_the_page_says_what_comes_out(text: str) -> None:
    assert text in PROSE


def test_no_figure_is_unexplained() -> None:
    """Every number of two digits or more is computed above or given with its source."""
    start, end = PROSE.index("## Your turn"), PROSE.index("## Did it stick?")
    prose = re.sub(r"\]\([^)]*\)|\w+#\d+|(fp|tf|bf|float)\d+", "", PROSE[:start] + PROSE[end:])
    known = set(GIVEN) | {number for text in computed() for number in numbers(text)}
    assert [number for number in numbers(prose) if len(number) > 1 and number not in known] == []


def numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,]*(?:\.\d+)?(?:e-?\d+)?", re.sub(r"(?<=\d)[,.](?=\s|$)", "", text))


def test_one_query_of_pytorchs_is_causal_sees_the_first_key_only() -> None:
    q, k, v = torch.randn(1, 1, 1, 4), torch.randn(1, 1, 5, 4), torch.randn(1, 1, 5, 4)
    assert torch.allclose(F.scaled_dot_product_attention(q, k, v, is_causal=True), v[:, :, :1])
    read, _ = REFERENCE["cached_attention"](q, k[:, :, 4:], v[:, :, 4:], (k[:, :, :4], v[:, :, :4]))
    assert torch.allclose(read, F.scaled_dot_product_attention(q, k, v), atol=1e-6)


def test_a_power_of_100_is_too_large_for_fp32() -> None:
    assert torch.tensor(100.0).exp().isinf()

"""The figures on the page of `attention`, computed again with the reference or taken from what was measured.

pytest tests/lessons/attention/test_page.py
"""

from __future__ import annotations

import json
import math
import re
import runpy
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

ROOT = Path(__file__).resolve().parents[3]
LESSON = ROOT / "exercises" / "attention"
PAGE = (LESSON / "README.md").read_text(encoding="utf-8")
PROSE = " ".join(PAGE.split())  # figures may stand at the end of a line
REFERENCE = runpy.run_path(str(ROOT / "solutions" / "attention" / "attention.py"))
PICTURES = runpy.run_path(str(LESSON / "pictures" / "draw.py"))

# What the page takes from elsewhere, or says of an example of its own.
GIVEN = {
    "22": "a score",
    "-15": "a score",
    "2,000": "texts",
    "13": "guessing among eight",
    "20": "sentences",
    "256": "a width",
    "16": "the root of 256, bits, a width",
    "32": "bits",
    "-2": "what no query gets",
    "0.4": "a sum of weights",
    "64": "keys, the width of GPT-2's heads, a width, tokens",
    "120": "steps",
    "128": "a width",
    "0.02": "GPT-2's start",
    "768": "width of GPT-2",
    "-10,000": "a mask, minGPT#75",
    "-15,258": "a score, minGPT#75",
    "0.862": "a cosine, mlc-llm#3426",
    "10": "a value",
    "12": "what no query gets",
    "124": "millions of parameters of GPT-2",
    "3.2.1": "section of a paper",
    "2014": "year of a paper",
    "2017": "year of a paper",
    "2021": "year of a paper",
    "1706.03762": "arXiv number",
    "1409.0473": "arXiv number",
    # The real run on the course's model; tests/lessons/attention/test_real_run.py runs it smaller.
    "3e-07": "real run",
    "1.69": "real run",
    "2.96": "real run",
    "14": "real run",
    "0.27": "real run",
    "1.07": "real run",
}


def measured(name: str) -> dict[str, tuple[float, float]]:
    """Smallest and largest value of every number of an experiment over its five seeds."""
    found = json.loads((LESSON / "measured" / f"{name}.json").read_text(encoding="utf-8"))
    assert found["state"] == "holds" and len(found["seeds"]) == 5
    return {key: (value["min"], value["max"]) for key, value in found["spread"].items()}


def percent(span: tuple[float, float]) -> str:
    """ "49 to 51%", or "100%"."""
    low, high = (f"{100 * value:.0f}" for value in span)
    return f"{low}%" if low == high else f"{low} to {high}%"


def span(values: tuple[float, float], places: int = 2) -> str:
    """ "3.69 to 3.70", or "3.69"."""
    low, high = (f"{value:.{places}f}" for value in values)
    return low if low == high else f"{low} to {high}"


def computed() -> dict[str, str]:
    """Text on the page → where it comes from."""
    softmax = REFERENCE["safe_softmax"]
    scores = torch.tensor([22.0, -15.0, 3.0, 8.0])
    whole, eighth = softmax(scores), softmax(scores / 8)
    after = softmax(REFERENCE["attention_scores"](PICTURES["Q"], PICTURES["K"])).tril().sum(dim=-1).tolist()
    partner, lenses = measured("similarity_is_not_relevance"), measured("lenses_break_symmetry")
    entropy, trains = measured("scaling_keeps_entropy"), measured("scaling_trains")

    def width(d: int) -> str:
        kinds = [f"{kind}_{d}" for kind in ("raw", "scaled")]
        cells = [span(entropy[f"entropy_{kind}"]) for kind in kinds]
        cells += [span(entropy[f"slope_{kind}"], 4) for kind in kinds]
        return f"| {d} | {' | '.join(cells)} |"

    return {
        f"the first gets {whole[0]:.3f} of the weight": "softmax",
        f"it gets {eighth[0]:.3f}, and the last {eighth[3]:.3f}": "softmax",
        "would sum to {:.2f}, {:.2f} and {:.0f}".format(*after): "picture 7, masked after the softmax",
        f"still gives {softmax(torch.tensor([2.0, 0.0, 0.0]))[1]:.3f} to each": "softmax",
        f"{math.sqrt(768 / 64):.2f} times too small": "GPT-2",
        f"(ln 64 = {math.log(64):.2f} nats": "64 keys alike",
        f"| $XX^\\top$ | yes | {percent(partner['right_raw'])} |": "similarity_is_not_relevance",
        f"| the same | no | {percent(partner['right_raw_others'])} |": "the same",
        f"| through one matrix, $XW (XW)^\\top$ | yes | {percent(partner['right_shared'])} |": "the same",
        f"| the same | no | {percent(partner['right_shared_others'])} |": "the same",
        f"| through two, $XW_Q (XW_K)^\\top$ | yes | {percent(partner['right_two_lenses'])} |": "the same",
        f"{percent(lenses['itself_raw'])} of the tokens of a sentence score themselves": "lenses_break_symmetry",
        f"at least {lenses['gap_projected_smallest'][0]:.2f} of the largest score": "the same",
        f"and {percent(lenses['itself_projected'])} of the tokens score themselves": "the same",
        **{width(d): "scaling_keeps_entropy" for d in (4, 16, 64, 256)},
        f"| variance 1 | {span(trains['loss_unit_scaled'])} | {span(trains['loss_unit_raw'])} |": "scaling_trains",
        f"std 0.02 | {span(trains['loss_gpt2_scaled'])} | {span(trains['loss_gpt2_raw'])} |": "scaling_trains",
    }


@pytest.mark.parametrize("text", computed())
def test_the_page_says_what_comes_out(text: str) -> None:
    assert text in PROSE


def test_no_figure_is_unexplained() -> None:
    """Every number of two digits or more is computed above or given with its source."""
    parts = PROSE[: PROSE.index("## Your turn")], PROSE[PROSE.index("## Did it stick?") :]
    prose = re.sub(r"\[[^\]]*#\d+\]|\(https:[^)]*\)|\$[^$]*\$", "", " ".join(parts))
    known = set(GIVEN) | {number for text in computed() for number in numbers(text)}
    assert [number for number in numbers(prose) if len(number) > 1 and number not in known] == []


def numbers(text: str) -> list[str]:
    whole = re.sub(r"(?<=\d)[,.](?=\s|$)", "", text)
    return re.findall(r"(?:(?<=\s)-)?\d[\d,]*(?:\.\d+)*(?:e-\d+)?", whole)


def test_what_overflows() -> None:
    assert torch.tensor(88.0).exp().isfinite() and torch.tensor(89.0).exp().isinf()
    assert torch.tensor(11.0).half().exp().isfinite() and torch.tensor(12.0).half().exp().isinf()


def test_what_pytorch_makes_of_a_row_that_may_see_nothing() -> None:
    row = torch.full((1, 3), -torch.inf, requires_grad=True)
    weights = row.softmax(dim=-1)
    assert weights.isnan().all()
    weights.nan_to_num().sum().backward()
    assert row.grad is not None and row.grad.isnan().any(), "zeros in place of NaN leave NaN in the gradient"
    blind = torch.zeros(1, 3, dtype=torch.bool)
    values = torch.ones(3, 2)
    assert (F.scaled_dot_product_attention(torch.ones(1, 2), values, values, attn_mask=blind) == 0).all()

"""The figures on the page of `embeddings`, computed again with the reference or taken from what was measured.

pytest tests/lessons/embeddings/test_page.py
"""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[3]
LESSON = ROOT / "exercises" / "embeddings"
PAGE = (LESSON / "README.md").read_text(encoding="utf-8")
PROSE = " ".join(PAGE.split())  # figures may stand at the end of a line
REFERENCE = runpy.run_path(str(ROOT / "solutions" / "embeddings" / "embeddings.py"))
GPT2 = 124_439_808  # parameters, as its makers' file has them

# What the page takes from elsewhere, or says of an example of its own.
GIVEN = {
    "50,257": "tokens of GPT-2",
    "768": "width of GPT-2",
    "1,024": "positions of GPT-2",
    "12": "rows of picture 2",
    "38": "a token",
    "41": "words",
    "2,000": "texts",
    "10000": "the base",
    "64": "positions, width",
    "32": "width",
    "24": "rows of a table",
    "11": "the last trained position",
    "23": "the last position",
    "16": "bits",
    "2,048": "a position that fp16 holds",
    "2,049": "one that it doesn't",
    "512": "rows of a table",
    "256": "tokens of a text",
    "300": "a position",
    "50": "guessing among two",
    "2017": "year of a paper",
    "2022": "year of a paper",
    "2023": "year of a paper",
    "2016": "year of a paper",
    "2203.16634": "arXiv number",
    "2305.19466": "arXiv number",
    "1706.03762": "arXiv number",
    "2104.09864": "arXiv number",
    "1608.05859": "arXiv number",
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


def computed() -> dict[str, str]:
    """Text on the page → where it comes from."""
    counts = REFERENCE["input_parameters"](50_257, 1_024, 768)
    waves = REFERENCE["sinusoidal_positions"](200, 64)
    products = (waves[:-7] * waves[7:]).sum(dim=1)
    assert products.max() - products.min() < 1e-4
    order, bag = measured("order_without_positions"), measured("bag_of_words")
    cluster, untrained = measured("embeddings_cluster"), measured("untrained_positions")
    same = max(bag[f"gap_{name}"][1] for name in ("mean", "permuted", "bidirectional", "causal_one_layer"))
    return {
        f"50,257 · 768 = {counts['tokens']:,} numbers, {counts['tokens'] / GPT2:.0%} of the whole model": "GPT-2",
        f"1,024 · 768 = {counts['positions']:,} numbers": "GPT-2",
        f"another {counts['tokens']:,} numbers": "an output of its own",
        f"rows 7 apart give {products[0]:.2f} wherever": "the sinusoids",
        f"each row with itself {waves[3].square().sum():.0f}": "the sinusoids",
        f"| two layers, bidirectional | {percent(order['right_bidirectional'])} |": "order_without_positions",
        f"| one causal layer | {percent(order['right_causal_one_layer'])} |": "order_without_positions",
        f"| two causal layers | {percent(order['right_causal_two_layers'])} |": "order_without_positions",
        "the first two rows of that table become "
        f"{percent(span(order, 'bidirectional_with_positions', 'causal_one_layer_with_positions'))}": "the same",
        f"the largest change is {same:.0e}": "bag_of_words",
        f"of the same kind for {percent(cluster['share_trained'])} of them": "embeddings_cluster",
        f"so for {percent(cluster['share_random'])}, and chance would be {percent(cluster['chance'])}": "the same",
        f"copies {percent(untrained['right_trained'])} right there, and {percent(untrained['right_untrained'])} at": (
            "untrained_positions"
        ),
    }


def span(spread: dict[str, tuple[float, float]], *names: str) -> tuple[float, float]:
    """Smallest and largest over several figures."""
    return min(spread[f"right_{name}"][0] for name in names), max(spread[f"right_{name}"][1] for name in names)


@pytest.mark.parametrize("text", computed())
def test_the_page_says_what_comes_out(text: str) -> None:
    assert text in PROSE


def test_no_figure_is_unexplained() -> None:
    """Every number of two digits or more is computed above or given with its source."""
    prose = PROSE[: PROSE.index("## Your turn")] + PROSE[PROSE.index("## Did it stick?") :]
    known = set(GIVEN) | {number for text in computed() for number in numbers(text)}
    assert [number for number in numbers(prose) if len(number) > 1 and number not in known] == []


def numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,]*(?:\.\d+)?(?:e-\d+)?", re.sub(r"(?<=\d)[,.](?=\s|$)", "", text))


def test_sixteen_bits_can_not_tell_far_positions_apart() -> None:
    assert torch.tensor(2048.0).half() == torch.tensor(2049.0).half()
    assert torch.tensor(2048.0).bfloat16() == torch.tensor(2049.0).bfloat16()


def test_fancy_indexing_keeps_one_of_several() -> None:
    gradient = torch.zeros(2)
    gradient[torch.tensor([1, 1, 1])] += torch.tensor([1.0, 1.0, 1.0])
    assert gradient.tolist() == [0, 1]

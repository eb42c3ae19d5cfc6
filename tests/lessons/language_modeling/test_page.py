"""The figures on the page of `language_modeling`, held against what was measured or computed again with the reference.

pytest tests/lessons/language_modeling/test_page.py
"""

from __future__ import annotations

import json
import re
import runpy
from fractions import Fraction
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[3]
LESSON = ROOT / "exercises" / "language_modeling"
PAGE = (LESSON / "README.md").read_text(encoding="utf-8")
REFERENCE = runpy.run_path(str(ROOT / "solutions" / "language_modeling" / "language_modeling.py"))

# What the page takes from elsewhere, and settings.
GIVEN = {
    "2018": "year of a paper",
    "2019": "year of a paper",
    "1805.04833": "arXiv number",
    "1904.09751": "arXiv number",
    "11": "logits of the batch, checked below",
    "0.1": "a probability, checked below",
    "0.2": "another",
    "0.3": "another",
    "0.4": "another",
    "0.7": "what stays without the crossing token, checked below",
    "0.8": "p",
    "200": "tokens written",
    "2,048": "tokens of the larger tokenizer",
    "256": "bytes",
    "124": "million parameters of GPT-2",
}


def measured(name: str) -> dict:
    """Every number of an experiment over its five seeds: smallest and largest."""
    found = json.loads((LESSON / "measured" / f"{name}.json").read_text(encoding="utf-8"))
    assert found["state"] == "holds" and len(found["seeds"]) == 5
    return {key: (value["min"], value["max"]) for key, value in found["spread"].items()}


def span(pair, form: str = "{:.2f}") -> str:
    low, high = (form.format(one) for one in pair)
    return low if low == high else f"{low} to {high}"


def tables() -> dict[str, list[str]]:
    """The rows of the page's tables, by the experiment that they come from."""
    context, bits = measured("context_buys_loss"), measured("bits_not_tokens")
    warm, loop = measured("temperature_not_knowledge"), measured("loop_repeats_itself")
    found = {
        "CONTEXT": ["| what guesses | nats a token |", "|---|---|"],
        "BITS": ["| tokens | what guesses | nats a token | bits a byte |", "|---|---|---|---|"],
        "TEMPERATURE": ["| temperature | on top | drawn | entropy in nats |", "|---|---|---|---|"],
        "LOOP": ["| drawn | different texts of 8 | different runs of 8 tokens |", "|---|---|---|"],
    }
    for n, words in enumerate(("no context", "1 token before", "2 tokens before", "3 tokens before"), start=1):
        found["CONTEXT"].append(f"| counts, {words} | {span(context[f'grams_n_{n}'])} |")
    found["CONTEXT"].append(f"| the course's model, all there is | {span(context['model'])} |")
    for name in ("1 to 2", "3 to 8", "9 to 32", "33 to 127"):
        found["CONTEXT"].append(f"| the same, guesses {name} of a row | {span(context[f'span_{name}'])} |")
    for size in (256, 2048):
        for name, words in (("alone", "how often a token comes"), ("pairs", "bigrams")):
            cells = span(bits[f"{name}_{size}"]), span(bits[f"{name}_bits_{size}"])
            found["BITS"].append(f"| {size:,} | {words} | {cells[0]} | {cells[1]} |")
    for temperature in ("0.25", "0.5", "1", "1.5", "2", "4"):
        cells = [span(warm[f"{name}_{temperature}"], "{:.3f}") for name in ("top", "drawn")]
        cells.append(span(warm[f"entropy_{temperature}"]))
        found["TEMPERATURE"].append(f"| {temperature} | {' | '.join(cells)} |")
    for temperature, words in (("0", "always the likeliest"), ("0.7", "temperature 0.7"), ("1", "temperature 1")):
        cells = span(loop[f"texts_{temperature}"], "{:.0f}"), span(loop[f"new_{temperature}"], "{:.0%}")
        found["LOOP"].append(f"| {words} | {cells[0]} | {cells[1]} |")
    return found


def test_the_page_says_what_was_measured() -> None:
    assert [name for name, rows in tables().items() if "\n".join(rows) not in PAGE] == []
    low, high = measured("temperature_not_knowledge")["countries"]
    assert low == high and f"asked for {low:.0f} capitals" in PAGE


def test_the_bytes_are_more_than_twice_as_bad_and_look_as_good() -> None:
    bits = measured("bits_not_tokens")
    for name in ("alone", "pairs"):
        assert bits[f"{name}_bits_256"][0] > 2 * bits[f"{name}_bits_2048"][1]
        assert bits[f"{name}_256"][1] < bits[f"{name}_2048"][0] + 0.1


def computed() -> dict[str, str]:
    """Text on the page → where it comes from."""
    torch.manual_seed(0)
    temper, keep_top_p = REFERENCE["temper"], REFERENCE["keep_top_p"]
    probs = torch.tensor([0.4, 0.3, 0.2, 0.1])
    kept = keep_top_p(probs.log(), 0.8) > -float("inf")
    assert float(probs[kept].sum()) == pytest.approx(0.9)
    assert float(probs[kept][:-1].sum()) == pytest.approx(0.7)
    assert temper(probs.log(), 0).tolist() == [1, 0, 0, 0]
    return {"would keep 0.7": "without the crossing token", "0.4, 0.3, 0.2, 0.1": "the distribution"}


@pytest.mark.parametrize("text", computed())
def test_the_page_says_what_the_reference_computes(text: str) -> None:
    assert text in PAGE


def test_the_table_of_the_smallest_model() -> None:
    counts = torch.tensor([[0, 2, 2], [1, 0, 0], [0, 0, 0]])
    block = PAGE[PAGE.index("    counts  ") :]
    rows = [re.findall(r"\d+(?:/\d+)?", line.replace("counts", "")) for line in block.splitlines()[:3]]
    assert [[int(one) for one in row[:3]] for row in rows] == counts.tolist()
    wanted = [[float(Fraction(one)) for one in row[3:]] for row in rows]
    torch.testing.assert_close(REFERENCE["bigram_probs"](counts), torch.tensor(wanted, dtype=torch.float32))


def batch_of_the_page() -> tuple[torch.Tensor, torch.Tensor]:
    """The logits (2, 5, 11) and targets of the page's three losses."""
    generator = torch.Generator().manual_seed(0)
    return torch.randn(2, 5, 11, generator=generator), torch.randint(0, 11, (2, 5), generator=generator)


def test_two_wrong_losses_are_lower() -> None:
    logits, targets = batch_of_the_page()
    loss = REFERENCE["next_token_loss"]
    right = loss(logits, targets).item()
    mixed = loss(logits.view(2, 11, 5).transpose(1, 2), targets).item()
    twice = loss(logits.softmax(dim=-1), targets).item()
    assert f"the right loss is\n{right:.3f}" in PAGE and f"it is {mixed:.3f}" in PAGE and f"itself, {twice:.3f}" in PAGE
    assert max(mixed, twice) < right


def test_no_figure_is_unexplained() -> None:
    """Every number of two digits or more, or with a fraction, was measured, or is given with its source."""
    prose = re.sub(r"```.*?```", "", PAGE[: PAGE.index("## Your turn")], flags=re.DOTALL)
    prose = re.sub(r"(?m)^    .*$|\]\([^)]*\)", "", prose)
    known = set(GIVEN) | {number for rows in tables().values() for row in rows for number in _numbers(row)}
    known |= {f"{measured('temperature_not_knowledge')['countries'][0]:.0f}", "2.755", "2.465", "2.371"}
    assert [number for number in _numbers(prose) if len(number) > 1 and number not in known] == []


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,]*(?:\.\d+)*", re.sub(r"(?<=\d)[,.](?=\s|$)", "", text))

"""Every figure on the page of `classification` is computed again or was measured, and no other stands there.

pytest tests/lessons/classification/test_page.py
"""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[3]
LESSON = ROOT / "exercises" / "classification"
PAGE = (LESSON / "README.md").read_text(encoding="utf-8")
REFERENCE = runpy.run_path(str(ROOT / "solutions" / "classification" / "classification.py"))

# What the page takes from elsewhere: sizes of GPT-2, settings, names.
GIVEN = {
    "50,257": "GPT-2's vocabulary",
    "768": "GPT-2's width",
    "124": "million parameters of GPT-2",
    "20": "tokens of a review in an example",
    "10": "a power",
    "12": "prompts",
    "40": "steps of a training",
    "100": "percent",
}


@pytest.fixture(scope="module")
def gpt2():
    """GPT-2 124M with a head for two classes, without memory."""
    from transformers import GPT2Config, GPT2Model

    with torch.device("meta"):
        return REFERENCE["GPT2ForClassification"](GPT2Model(GPT2Config()), 2)


def measured(name: str) -> dict[str, tuple[float, float]]:
    """Smallest and largest of every number over the seeds of an experiment, as it was written down."""
    found = json.loads((LESSON / "measured" / f"{name}.json").read_text(encoding="utf-8"))
    assert found["state"] == "holds"
    assert len(found["seeds"]) == 5
    return {key: (value["min"], value["max"]) for key, value in found["spread"].items()}


def percent(span: tuple[float, float], digits: int = 1) -> str:
    """ "51.5 to 54.0%", or "99.0%" where all seeds give the same."""
    low, high = (f"{100 * value:.{digits}f}" for value in span)
    return f"{low}%" if low == high else f"{low} to {high}%"


def times(span: tuple[float, float], digits: int = 2) -> str:
    low, high = (f"{value:,.{digits}f}" for value in span)
    return low if low == high else f"{low} to {high}"


def of_experiments() -> dict[str, str]:
    """Text on the page → the experiment that it comes from."""
    pooling, forgetting, strategies = measured("pooling"), measured("forgetting"), measured("how_much_to_train")
    rates, heads = measured("rate_or_method"), measured("two_heads")
    index, mean = times(pooling["shift_index"], 1), times(pooling["shift_mean"], 1)
    unchanged = {case: times(forgetting[f"same_{case}"], 0) for case in ("careful", "between", "everything")}
    return {
        f"| last real token | {percent(pooling['accuracy_last'])} | 0.0 |": "pooling",
        f"| first token | {percent(pooling['accuracy_first'])} | 0.0 |": "pooling",
        f"| index -1 | {percent(pooling['accuracy_index'])} | {index} |": "pooling",
        f"| mean, padding included | {percent(pooling['accuracy_mean'])} | {mean} |": "pooling",
        f"{percent(strategies['accuracy_sentiment_frozen'])} on sentiment": "how_much_to_train",
        f"| frozen | {percent(strategies['accuracy_frozen'])} |": "how_much_to_train",
        f"| frozen, head trained to the end | {percent(strategies['accuracy_best_head'])} |": "how_much_to_train",
        f"| last two blocks | {percent(strategies['accuracy_last'])} |": "how_much_to_train",
        f"| everything | {percent(strategies['accuracy_full'])} |": "how_much_to_train",
        f"| last two blocks | 3e-4 | {times(forgetting['times_careful'])} | {unchanged['careful']} |": "forgetting",
        f"| last two blocks | 2e-3 | {times(forgetting['times_between'])} | {unchanged['between']} |": "forgetting",
        f"(and gets {percent(forgetting['accuracy_everything'])} right": "forgetting",
        f"| everything | 2e-3 | {times(forgetting['times_everything'], 0)} | {unchanged['everything']} |": "forgetting",
        f"| last two blocks | {times(rates['times_partly_low'])} | {times(rates['times_partly_high'])} |": "rates",
        f"| everything | {times(rates['times_full_low'])} | {times(rates['times_full_high'], 0)} |": "rates",
        f"{percent(heads['accuracy_sentiment'])} on sentiment with one head": "two_heads",
        f"{percent(heads['accuracy_topic'])} on topics with the other": "two_heads",
    }


def of_real_run() -> dict[str, str]:
    """Text on the page → the file that `real_run.py --out` left."""
    found = {}
    for path in sorted((LESSON / "measured").glob("real_smollm2_*.json")):
        one = json.loads(path.read_text(encoding="utf-8"))
        strategy = one["strategy"]
        label = {"frozen": "frozen", "last-2": "last two blocks"}[strategy]
        command = " ".join(f"--{name} {one[name]}" for name in ("backbone", "data", "train", "test", "epochs", "batch"))
        row = (
            f"| {label} | {one['trained']:,} | {100 * one['accuracy']:.1f}% | {one['before']:.2f}, {one['after']:.2f} |"
        )
        found |= {command: strategy, f"{row} {one['same']} of 8 |": strategy, f"of {one['total']:,}": strategy}
        found[f"on {one['test']} unseen"] = strategy
        found[f"{one['epochs'] * one['train'] // one['batch']}\nsteps gain nothing"] = strategy
    assert {"frozen", "last-2"} == set(found.values())
    return found


def of_gpt2(model) -> dict[str, str]:
    """Text on the page → where it comes from, from a GPT-2 without memory."""
    count, unfreeze = REFERENCE["count_parameters"], REFERENCE["unfreeze_last_blocks"]
    REFERENCE["freeze"](model.backbone)
    total, head = count(model)
    backbone = count(model.backbone)[0]
    weights = model.classifier.weight.numel()
    unfreeze(model, 2)
    blocks = count(model)[1]
    return {
        f"train {weights:,} numbers beside the {backbone:,}": "the head",
        f"comes with, {100 * weights / backbone:.3f}% of it": "its share",
        f"768 · 2 = {weights:,} weights, and with the 2 biases {head:,} numbers": "the head",
        f"| the head | {head:,} | {100 * head / total:.3f}% |": "frozen",
        f"the final norm | {blocks:,} | {100 * blocks / total:.1f}% |": "last-2",
        f"| everything | {total:,} | 100% |": "full",
        f"and {head:,} numbers can hardly": "the head",
    }


def test_the_page_says_what_the_reference_computes(gpt2) -> None:
    assert [text for text in of_gpt2(gpt2) if text not in PAGE] == []


def test_the_page_says_what_was_measured() -> None:
    assert [text for text in [*of_experiments(), *of_real_run()] if text not in PAGE] == []


def test_no_figure_is_unexplained(gpt2) -> None:
    """Every number of two digits or more, or with a fraction, is computed above or given with its source."""
    prose = re.sub(r"\de-\d|GPT-2|GPT2\w+|BERT|0\.0 \|", "", PAGE[: PAGE.index("## Your turn")])
    known = set(GIVEN) | {
        number for text in [*of_gpt2(gpt2), *of_experiments(), *of_real_run()] for number in _numbers(text)
    }
    assert [number for number in _numbers(prose) if len(number) > 1 and number not in known] == []


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,]*(?:\.\d+)?", re.sub(r"(?<=\d)[,.](?=\s|$)", "", text))


def test_softmax_twice_flattens_the_gradient() -> None:
    def slope(softmaxes: int) -> float:
        logits = torch.tensor([[2.0, -1.0]], requires_grad=True)
        before = logits
        for _ in range(softmaxes - 1):
            before = before.softmax(dim=-1)
        torch.nn.functional.cross_entropy(before, torch.tensor([1])).backward()
        return logits.grad.abs().max().item()

    assert slope(2) < 0.1 * slope(1)

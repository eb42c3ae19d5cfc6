"""The shipped weights are what their card says, and the recipe makes such weights again."""

import hashlib
import json
import os
from dataclasses import asdict, fields, replace

import pytest
import torch

from autograder.backbone import RELATIONS, load_backbone
from autograder.backbone.card import (
    MEANING,
    Card,
    completes,
    linear_accuracy,
    measure,
    perplexity,
    recall,
    render,
    shortfalls,
)
from autograder.backbone.data import text
from autograder.backbone.load import TINY_FOLDER
from autograder.backbone.train import Recipe, train


@pytest.fixture(scope="module")
def shipped():
    return load_backbone("tiny")


@pytest.fixture(scope="module")
def card():
    stored = json.loads((TINY_FOLDER / "card.json").read_text())
    return Card(**{field.name: stored[field.name] for field in fields(Card)})


@pytest.mark.parametrize("relation", RELATIONS)
def test_recall_is_what_the_card_says(shipped, card, relation):
    """Half a country of slack: another processor rounds otherwise."""
    assert recall(*shipped, relation) == pytest.approx(getattr(card, f"{relation}_recall"), abs=1.5 / 179)


def test_perplexity_is_what_the_card_says(shipped, card):
    assert perplexity(*shipped, text("test", 600)) == pytest.approx(card.perplexity, rel=0.01)


def test_card_is_within_its_bounds(card):
    assert shortfalls(card) == []


def test_card_was_measured_on_these_weights():
    stored = json.loads((TINY_FOLDER / "card.json").read_text())["weights_sha256"]
    assert stored == hashlib.sha256((TINY_FOLDER / "model.safetensors").read_bytes()).hexdigest(), (
        "measure again: python -m autograder.backbone.card --write"
    )


def test_page_is_what_the_command_writes(card, shipped):
    assert (TINY_FOLDER / "MODEL_CARD.md").read_text(encoding="utf-8") == render(card, shipped[0])


def test_every_figure_is_explained(card):
    assert set(MEANING) == {field.name for field in fields(Card)}


def test_bounds_can_be_missed(card):
    worse = replace(card, capital_recall=0.5, perplexity=99.0)
    assert [sentence.split()[0] for sentence in shortfalls(worse)] == ["capital_recall", "perplexity"]


def test_completes_is_greedy_decoding(shipped):
    model, tokenizer = shipped
    prompts = ["The capital of France is", "The capital of Peru is", "Count from 3 to 6:"]
    greedy = []
    for prompt in prompts:
        inputs = tokenizer(prompt, return_tensors="pt")
        output = model.generate(**inputs, max_new_tokens=12, do_sample=False)
        greedy.append(tokenizer.decode(output[0, inputs["input_ids"].shape[1] :]))
    cut = [reply[: reply.index(".") + 1] for reply in greedy]
    assert completes(model, tokenizer, prompts, cut) == [True] * 3
    assert completes(model, tokenizer, prompts, [" Oslo.", cut[1], " 1, 2."]) == [False, True, False]


def test_perplexity_does_not_depend_on_batching(shipped):
    texts = text("test", 20)
    assert perplexity(*shipped, texts, batch_size=3) == pytest.approx(
        perplexity(*shipped, texts, batch_size=20), rel=1e-4
    )


def test_linear_accuracy_finds_what_is_linear_and_nothing_else():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(600, 5, generator=generator)
    y = (x[:, 0] + x[:, 1] > 0).long()
    assert linear_accuracy(x[:400], y[:400], x[400:], y[400:]) > 0.95
    noise = torch.randint(0, 2, (600,), generator=generator)
    assert abs(linear_accuracy(x[:400], noise[:400], x[400:], noise[400:]) - 0.5) < 0.15  # 4 sigma of 200 coin flips


@pytest.mark.slow
def test_measured_again_the_card_is_the_same(shipped, card):
    for name, value in asdict(measure(*shipped)).items():
        assert value == pytest.approx(getattr(card, name), abs=0.02, rel=0.01), name


@pytest.mark.slow
@pytest.mark.skipif("AUTOGRADER_RETRAIN" not in os.environ, reason="trains for ten minutes: set AUTOGRADER_RETRAIN=1")
def test_retrained_by_the_recipe_it_passes_the_same_card(tmp_path):
    """For whoever changes recipe or world. With another seed than the shipped model's, to test the recipe."""
    model, tokenizer = train(Recipe(seed=Recipe().seed + 1), tmp_path)
    assert shortfalls(measure(model, tokenizer)) == []

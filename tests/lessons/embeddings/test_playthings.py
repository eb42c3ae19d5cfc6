"""What the map and the heat map say, held against cosines and dot products of the same rows."""

import runpy
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = runpy.run_path(str(ROOT / "solutions/embeddings/embeddings.py"))
pytestmark = pytest.mark.xdist_group("chromium")

TABLE = REFERENCE["sinusoidal_positions"](64, 32)


@pytest.mark.parametrize(("word", "kind"), [("three", "numbers"), ("fox", "animals"), ("Nora", "people")])
def test_the_neighbours_are_the_nearest_by_cosine(opened, word, kind):
    from autograder.backbone import load_backbone

    one = opened("embeddings", "words")
    model, tokenizer = load_backbone("tiny")
    options = one.control("word").locator("option").all_text_contents()
    names = [option.split(" ")[0] for option in options]
    ids = [tokenizer(f" {name}")["input_ids"][0] for name in names]
    table = model.get_input_embeddings().weight.detach()[ids]
    at = names.index(word)
    near = torch.cosine_similarity(table[at], table, dim=1).topk(4).indices.tolist()[1:]
    one.set("word", f"{word} ({kind})")
    assert f"Nearest to “{word}” by cosine: {', '.join(names[other] for other in near)}; 3 of 3" in one.said


@pytest.mark.parametrize(("first", "second"), [(10, 17), (0, 63), (40, 33)])
def test_the_dot_product_is_that_of_the_rows(opened, first, second):
    one = opened("embeddings", "positions")
    one.set("position", str(first))
    one.set("another", str(second))
    apart, dot, itself = one.numbers(r"are (\d+) apart; their dot product is ([-\d.]+)\..*itself: ([\d.]+)\.")
    assert apart == abs(first - second) and itself == 16
    assert dot == pytest.approx((TABLE[first] @ TABLE[second]).item(), abs=0.006)

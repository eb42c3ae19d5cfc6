"""What the experiments of `embeddings` are made of."""

from __future__ import annotations

from pathlib import Path

import torch

from autograder.experiments import load_file

FOLDER = Path(__file__).resolve().parents[3] / "exercises" / "embeddings" / "experiments"


def test_texts_hold_the_two_tokens_once_and_say_which_came_first():
    claim = load_file(FOLDER / "order_without_positions.py")
    torch.manual_seed(0)
    ids, came_first = claim.texts(200)
    assert ids.shape == (200, claim.LENGTH) and 60 < came_first.sum() < 140
    for text, first in zip(ids.tolist(), came_first.tolist(), strict=True):
        assert text[-1] == claim.ASKED and text.count(claim.FIRST) == text.count(claim.SECOND) == 1
        assert (text.index(claim.FIRST) < text.index(claim.SECOND)) == bool(first)


def test_the_mask_hides_what_comes_after(references):
    shared = load_file(FOLDER / "_shared.py")
    torch.manual_seed(0)
    ids = torch.randint(9, (2, 6))
    other = ids.clone()
    other[:, 4] = (ids[:, 4] + 1) % 9
    for causal in (True, False):
        model = shared.Reader(references["embeddings"], 9, 8, 2, causal=causal)
        with torch.no_grad():
            moved = (model(ids) - model(other)).abs().amax(dim=(0, 2))
        assert (moved[:4] < 1e-6).all() == causal and (moved[4:] > 1e-6).all()


def test_layers_of_one_model_do_not_start_alike(references):
    shared = load_file(FOLDER / "_shared.py")
    torch.manual_seed(0)
    one, other = shared.Reader(references["embeddings"], 9, 0, 2, causal=True).layers.layers
    assert not torch.equal(one.linear1.weight, other.linear1.weight)

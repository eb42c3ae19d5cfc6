"""What the experiments of `attention` are made of."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from autograder.experiments import Unfit, load_file

FOLDER = Path(__file__).resolve().parents[3] / "exercises" / "attention" / "experiments"


def test_a_text_holds_the_one_sought_and_the_one_that_seeks() -> None:
    claim = load_file(FOLDER / "similarity_is_not_relevance.py")
    torch.manual_seed(0)
    ids, carried, wanted = claim.texts(300)
    assert ids.shape == carried.shape == (300, claim.LENGTH)
    places = set()
    for text, things, want in zip(ids.tolist(), carried.tolist(), wanted.tolist(), strict=True):
        assert len(set(text)) == len(text) and len({one // 3 for one in text}) == len(text) - 2
        triple = 3 * (text[-1] // 3)
        sought, admirer = (triple + (text[-1] - triple + step) % 3 for step in (1, 2))
        assert admirer in text and want == things[text.index(sought)]
        places.add(text.index(sought))
    assert places == set(range(claim.LENGTH - 1)), "the one sought stands anywhere"


def test_no_symmetric_scores_put_the_sought_one_first_for_all_three() -> None:
    """All orders of the three scores of a triple: two of the three are right at best."""
    best = 0
    for rock_paper, paper_scissors, scissors_rock in product(range(3), repeat=3):
        seeks = [rock_paper > scissors_rock, paper_scissors > rock_paper, scissors_rock > paper_scissors]
        best = max(best, sum(seeks))
    assert best == 2


def test_a_score_counts_its_standard_errors() -> None:
    claim = load_file(FOLDER / "scaling_keeps_entropy.py")
    sample = torch.tensor([1.0, 2.0, 3.0, 4.0])
    assert claim.off(sample, 2.5) == 0
    assert claim.off(sample, 3.5) == pytest.approx(1 / (sample.std().item() / 2))


def test_the_small_model_sees_no_future_and_takes_the_scaling_back(references) -> None:
    claim = load_file(FOLDER / "scaling_trains.py")
    torch.manual_seed(0)
    ids = torch.randint(9, (2, claim.LENGTH))
    other = ids.clone()
    other[:, 20] = (ids[:, 20] + 1) % 9
    models = {}
    for scaled in (True, False):
        torch.manual_seed(1)
        models[scaled] = claim.SmallModel(references["attention"], 9, "unit", scaled)
        with torch.no_grad():
            moved = (models[scaled](ids) - models[scaled](other)).abs().amax(dim=(0, 2))
        assert (moved[:20] < 1e-5).all() and moved[20] > 1e-3
    assert torch.equal(models[True].blocks[0]["w_q"], models[False].blocks[0]["w_q"])
    assert models[False].entropy(ids) < 0.5 * models[True].entropy(ids)
    gpt2 = claim.SmallModel(references["attention"], 9, "gpt2", True)
    assert gpt2.entropy(ids) > models[True].entropy(ids)


def test_a_large_vocabulary_is_refused_in_a_sentence(references) -> None:
    claim = load_file(FOLDER / "scaling_trains.py")
    with pytest.raises(Unfit, match="a row for each of 50,257 tokens"):
        claim.measure(references["attention"], lambda: (None, range(50_257)), 0, None)


def test_tokens_of_a_sentence_are_all_different() -> None:
    from autograder.backbone import load_backbone

    claim = load_file(FOLDER / "lenses_break_symmetry.py")
    _, tokenizer = load_backbone("tiny")
    found = claim.sentences(3, tokenizer)
    assert len(found) == claim.SENTENCES and all(len(set(ids.tolist())) == len(ids) >= 6 for ids in found)


def test_a_model_built_differently_is_refused_in_a_sentence() -> None:
    shared = load_file(FOLDER / "_shared.py")
    with pytest.raises(Unfit, match="built differently"):
        shared.first_attention(torch.nn.Linear(2, 2))
    attention = SimpleNamespace(c_attn=SimpleNamespace(weight=torch.ones(4, 12)))
    model = SimpleNamespace(
        transformer=SimpleNamespace(h=[SimpleNamespace(attn=attention)]), config=SimpleNamespace(n_head=2)
    )
    assert shared.first_attention(model)[1] == 2

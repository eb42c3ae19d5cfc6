"""What the experiments of `transformer` are made of."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from autograder.backbone import load_backbone
from autograder.experiments import Unfit, load_file, no_track

FOLDER = Path(__file__).resolve().parents[3] / "exercises" / "transformer" / "experiments"


@pytest.fixture(scope="module")
def shared():
    return load_file(FOLDER / "_shared.py")


@pytest.fixture(scope="module")
def text(shared):
    return shared.reviews(load_backbone("tiny")[1], 0)


def test_new_weights_are_what_the_reference_takes(shared, references):
    """Names, shapes, and a gradient for each; nothing is zero that a forward pass would hide."""
    torch.manual_seed(0)
    weights = shared.new_weights(7, 5, 8, 2)
    logits = references["transformer"].gpt_logits(torch.tensor([[1, 6, 0]]), weights, 2)
    logits.square().sum().backward()
    assert logits.shape == (1, 3, 7)
    assert all(one.grad is not None for one in weights.values()) and len(weights) == 2 + 2 * 12 + 2
    counts = references["transformer"].gpt_parameters(7, 5, 8, 2)
    assert sum(one.numel() for one in weights.values()) == counts["total"]


def test_held_out_text_is_not_trained_on_and_counts_know_little(shared, text):
    assert 0 <= text.train.min() and text.train.max() < text.vocab and len(text.held_out) > 2000
    train, held_out = (" ".join(map(str, one.tolist())) for one in (text.train, text.held_out[:100]))
    assert held_out not in train
    assert 4 < shared.counted_loss(text) < torch.tensor(float(text.vocab)).log()


def test_windows_ask_for_the_token_behind_each(shared):
    ids, targets = shared.windows(torch.arange(50), 4, 6, torch.Generator().manual_seed(0))
    assert ids.shape == targets.shape == (4, 6) and torch.equal(targets, ids + 1)


def test_training_lowers_the_loss_and_gives_the_seeds_losses(shared, text):
    table = {"table": torch.zeros(text.vocab, text.vocab, requires_grad=True)}

    def logits(ids):
        return table["table"][ids]

    first, again = (next(shared.text_losses(logits, text, 4, 8, seed=1)).item() for _ in range(2))
    other = list(islice(shared.text_losses(logits, text, 4, 8, seed=1), 2))
    assert first == again == other[0].item()
    before = shared.held_out_loss(logits, text, 8)
    shared.train(table, shared.text_losses(logits, text, 8, 8, seed=1), 30, 0.1, no_track, "")
    assert shared.held_out_loss(logits, text, 8) < before - 0.5


def test_the_second_half_repeats_the_first():
    claim = load_file(FOLDER / "copying_takes_two_layers.py")
    torch.manual_seed(0)
    ids, targets = claim.twice(5, 6)
    assert ids.shape == (5, 11) and targets.shape == (5, 5)
    assert torch.equal(ids[:, :5], ids[:, 6:]) and torch.equal(targets, ids[:, 1:6])
    lengths = {claim.twice(1)[0].shape[1] for _ in range(100)}
    assert min(lengths) == 2 * claim.SHORTEST - 1 and max(lengths) == 2 * claim.LONGEST - 1


@pytest.mark.parametrize("name", ["heads_are_capacity", "reads_and_writes"])
def test_another_family_is_refused_in_a_sentence(name, references):
    config = LlamaConfig(vocab_size=8, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2)
    claim = load_file(FOLDER / f"{name}.py")
    with pytest.raises(Unfit, match="takes a GPT-2 apart, and this is a llama"):
        claim.measure(references["transformer"], lambda: (LlamaForCausalLM(config), None), 0, no_track)


def test_a_head_taken_away_is_not_read_and_the_weights_stay(references):
    claim = load_file(FOLDER / "heads_are_capacity.py")
    weights = {"h.0.attn.c_proj.weight": torch.ones(6, 6), "h.1.attn.c_proj.weight": torch.ones(6, 6)}
    changed = claim.without_heads(weights, [(1, 0), (1, 2)], 2)
    assert changed["h.1.attn.c_proj.weight"][:, 0].tolist() == [0, 0, 1, 1, 0, 0]
    assert all(one.all() for one in weights.values()) and changed["h.0.attn.c_proj.weight"].all()


def test_the_last_token_of_a_text_has_no_future(text):
    """A model that reads the answer, where there is one, is right over all tokens and wrong at the last."""
    claim = load_file(FOLDER / "leak_looks_brilliant.py")
    shared = load_file(FOLDER / "_shared.py")

    def cheating(ids):
        return 20 * torch.nn.functional.one_hot(ids.roll(-1, 1), text.vocab).float()

    assert claim.last_token_loss(cheating, text, 16) > 10
    assert shared.held_out_loss(cheating, text, 16) < 2

"""The pretraining recipe: what decides a batch, and that stopping and resuming changes nothing."""

from dataclasses import replace

import pytest
import torch

from autograder.backbone import load_backbone
from autograder.backbone.load import load_folder
from autograder.backbone.tokenizer import TEMPLATES, VOCAB_SIZE, train_tokenizer
from autograder.backbone.train import CHECKPOINT, Recipe, batch, learning_rate, train

SMALL = Recipe(steps=6, tokens_per_step=512, layers=1, width=16, heads=2, warmup=2, seed=3)


@pytest.fixture(scope="module")
def shipped():
    return load_backbone("tiny")


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer()


def test_tokenizer_is_the_shipped_one(tokenizer, shipped):
    _, ours = shipped
    assert len(ours) == VOCAB_SIZE and ours.eos_token_id == 0 and ours.pad_token_id == 0
    assert ours.get_vocab() == tokenizer.get_vocab()


def test_tokenizer_loses_nothing(shipped):
    _, ours = shipped
    for text in ("The capital of France is Paris.", "Grüße, 東京 \t\n  x=1;", " leading", "### Response:\n"):
        assert ours.decode(ours(text)["input_ids"]) == text


def test_a_formatted_prompt_is_tens_of_tokens(shipped):
    _, ours = shipped
    alpaca = TEMPLATES[0].replace("Instruction:\n", "Instruction:\nWhat is the capital of France?")
    assert len(ours(alpaca)["input_ids"]) < 45
    assert all(len(ours(template)["input_ids"]) < 50 for template in TEMPLATES)


def test_a_batch_is_decided_by_seed_and_step(tokenizer):
    recipe = Recipe(tokens_per_step=1024)
    assert torch.equal(batch(recipe, tokenizer, 5), batch(recipe, tokenizer, 5))
    assert not torch.equal(batch(recipe, tokenizer, 5), batch(recipe, tokenizer, 6))
    assert not torch.equal(batch(recipe, tokenizer, 5), batch(replace(recipe, seed=1), tokenizer, 5))


def test_batches_reach_every_position(tokenizer):
    shapes = {tuple(batch(Recipe(), tokenizer, step).shape) for step in range(4)}
    assert shapes == {(16, 128), (8, 256)}


def test_rows_are_whole_documents_with_their_end(tokenizer):
    for row in batch(Recipe(), tokenizer, 0):
        *whole, _ = tokenizer.decode(row).split("<|endoftext|>")
        assert whole and all(text[0] in '"0123456789' or text[0].isupper() for text in whole), whole
        assert all(text.endswith((".", "?", "!", '"')) for text in whole), whole


def test_learning_rate_rises_then_falls():
    recipe = Recipe()
    rates = [learning_rate(recipe, step) for step in range(recipe.steps)]
    assert max(rates) == pytest.approx(recipe.learning_rate) and rates.index(max(rates)) in (99, 100)
    assert rates[0] == pytest.approx(recipe.learning_rate / recipe.warmup) and rates[-1] == pytest.approx(
        recipe.learning_rate / 20
    )


def test_resumed_run_ends_in_the_same_weights(tmp_path):
    straight, _ = train(SMALL, tmp_path / "straight")
    assert train(SMALL, tmp_path / "stopped", stop_after=4) is None
    assert (tmp_path / "stopped" / CHECKPOINT).exists() and not (tmp_path / "stopped" / "model.safetensors").exists()
    steps = []
    resumed, _ = train(SMALL, tmp_path / "stopped", resume=True, on_step=lambda step, loss: steps.append(step))
    assert steps == [4, 5]
    for (name, first), (_, second) in zip(straight.named_parameters(), resumed.named_parameters(), strict=True):
        assert torch.equal(first, second), name
    assert not (tmp_path / "stopped" / CHECKPOINT).exists()
    reloaded, _ = load_folder(tmp_path / "stopped")
    assert torch.equal(reloaded.lm_head.weight, resumed.lm_head.weight)


def test_another_seed_gives_other_weights(tmp_path):
    one, _ = train(replace(SMALL, steps=1), tmp_path / "a")
    other, _ = train(replace(SMALL, steps=1, seed=4), tmp_path / "b")
    assert not torch.equal(one.lm_head.weight, other.lm_head.weight)


def test_training_leaves_the_callers_random_numbers_alone(tmp_path):
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    train(replace(SMALL, steps=1), tmp_path)
    assert torch.equal(torch.rand(3), expected)


def test_checkpoint_of_another_recipe_is_refused(tmp_path):
    train(SMALL, tmp_path, stop_after=1)
    with pytest.raises(SystemExit, match="another recipe"):
        train(replace(SMALL, seed=9), tmp_path, resume=True)

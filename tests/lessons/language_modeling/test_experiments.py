"""What the experiments of `language_modeling` are made of."""

from pathlib import Path

import torch

from autograder.experiments import load_file

FOLDER = Path(__file__).resolve().parents[3] / "exercises" / "language_modeling" / "experiments"


def test_a_stream_ends_every_text():
    assert load_file(FOLDER / "_shared.py").as_stream([[5, 6], [], [7]], 0).tolist() == [5, 6, 0, 0, 7, 0]


def test_runs_that_come_again_are_not_new():
    share_new = load_file(FOLDER / "loop_repeats_itself.py").share_new
    assert share_new(list(range(20))) == 1.0
    assert share_new([1, 2] * 10) == 2 / 13


def test_a_remembering_model_computes_what_a_forgetful_one_does(references):
    from autograder.builders import tiny_gpt2

    model = tiny_gpt2(0)
    remembering = load_file(FOLDER / "loop_repeats_itself.py").Remembering(model)
    ids = torch.tensor([[5, 6], [7, 8]])
    with torch.no_grad():
        ways = [
            references["language_modeling"].continue_ids(one, ids, 6, temperature=0.0)
            for one in (remembering, lambda shown: model(shown).logits[:, -1])
        ]
    assert ways[0].tolist() == ways[1].tolist()


def test_counts_back_off_to_probabilities():
    counted = load_file(FOLDER / "context_buys_loss.py")
    train = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1, 1])
    counts = torch.zeros(3, 3, dtype=torch.int64)
    for a, b in zip(train.tolist(), train[1:].tolist(), strict=False):
        counts[a, b] += 1
    found = counted.counted(counts, train.tolist(), [[0, 1, 2, 0, 1, 2]], lambda items, _: items)
    assert list(found) == ["n_1", "n_2", "n_3", "n_4"]
    assert found["n_1"] > found["n_2"] > 0  # what comes next is nearly sure


def test_both_encoders_leave_0_for_the_end():
    encoder = load_file(FOLDER / "bits_not_tokens.py").encoder
    texts = ["The cat sat on the mat.", "The cat ran."] * 20
    for size in (256, 270):
        (ids,) = encoder(texts, size)(texts[:1])
        assert 0 not in ids and max(ids) < size
    assert encoder(texts, 256)(["é"]) == [[195, 169]]  # two bytes

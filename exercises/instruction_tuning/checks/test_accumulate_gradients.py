"""Checks of `accumulate_gradients`."""

import torch
from instruction_tuning_oracles import (
    TOL_FP32,
    accumulated,
    count_supervised,
    expect_from_a_generator,
    expect_one_at_a_time,
    expect_same_mode,
    expect_unchanged,
    loss_of,
    tiny_model,
    training_batch,
    weighted_gradient,
    weights_of,
)

from autograder.checks import AnyOf, exercise, expect_close, fail


def unmasked(piece):
    """The piece with an attention mask of ones."""
    return {**piece, "attention_mask": torch.ones_like(piece["attention_mask"])}


def shares(counts):
    """Each count over their sum."""
    return [count / sum(counts) for count in counts]


@exercise("accumulate_gradients", points=2)
def test_accumulated_is_the_whole_batch(student, rng):
    seed = rng.randint(0, 10_000)
    pieces = [
        training_batch(rng, 2, 9, 6, padded=True),
        training_batch(rng, 1, 5, 2, padded=True),
        training_batch(rng, 3, 6, 6, padded=True),
    ]
    pieces[0]["attention_mask"][0, :2] = 0  # which changes what the other tokens attend to
    model = tiny_model(seed)
    tokens = [count_supervised(piece) for piece in pieces]  # 11, 1, 14
    labels = [int((piece["labels"] != -100).sum()) for piece in pieces]  # 11, 1, 17
    rows = [len(piece["input_ids"]) for piece in pieces]
    sizes = [piece["input_ids"].numel() for piece in pieces]
    real = [int(piece["attention_mask"].sum()) for piece in pieces]
    expected, loss = weighted_gradient(model, shares(tokens), pieces)

    def gradient(weights):
        return lambda: weighted_gradient(model, weights, pieces)[0]

    result = student.run(accumulated, seed, pieces)
    expect_close(
        result["gradient"],
        expected,
        what="The gradient",
        mistakes={
            "It is the mean of the pieces' means, so a piece counts the same whatever it holds.": gradient([1 / 3] * 3),
            "The pieces' mean losses are added up without weights.": gradient([1.0] * 3),
            "The sum over tokens is not divided by their number.": gradient(tokens),
            "Pieces are weighted by their rows, not by their supervised tokens.": gradient(shares(rows)),
            "Pieces are weighted by all their tokens, also those that are not supervised.": gradient(shares(sizes)),
            "Pieces are weighted by their real tokens, also those that are not supervised.": gradient(shares(real)),
            "The first label of a row is counted, although the loss does not use it.": gradient(shares(labels)),
            "The attention mask does not reach the model.": lambda: weighted_gradient(
                model, shares(tokens), [unmasked(piece) for piece in pieces]
            )[0],
            "Only the last piece is left in the gradients.": gradient([0.0, 0.0, shares(tokens)[-1]]),
            "Only the last piece counts.": gradient([0.0, 0.0, 1.0]),
            "No gradient reaches the model.": lambda: torch.zeros_like(expected),
        },
        advice="Weigh each piece's mean by its supervised tokens over those of all pieces.",
        **TOL_FP32,
    )
    means = [loss_of(model, piece).item() for piece in pieces]
    expect_close(
        result["returned"],
        loss,
        what="The loss that accumulate_gradients returns",
        mistakes={
            "The loss returned is the mean of the pieces' means; it is the mean over all tokens.": sum(means) / 3,
            "The loss returned is the sum of the pieces' means.": sum(means),
            "The loss returned is that of the last piece.": means[-1],
            "The loss returned is the sum over tokens.": loss * sum(tokens),
        },
        **TOL_FP32,
    )
    if result["kind"] != "float":
        fail("The loss that accumulate_gradients returns must be a plain float.", expected="float", got=result["kind"])


@exercise("accumulate_gradients")
def test_gradients_are_added_to(student, rng):
    seed = rng.randint(0, 10_000)
    pieces = [training_batch(rng, 2, 6, 3, padded=True), training_batch(rng, 1, 5, 3, padded=True)]
    model = tiny_model(seed)
    counts = [count_supervised(piece) for piece in pieces]
    added, _ = weighted_gradient(model, shares(counts), pieces)
    added[-16:] = 0.0  # those of ln_f.bias, which is frozen
    result = student.run(accumulated, seed, pieces, start=0.5, frozen=True)
    if result["frozen"] != ["transformer.ln_f.bias"]:
        fail(
            "Accumulating changes what is frozen in the model.",
            expected=["transformer.ln_f.bias"],
            got=result["frozen"],
        )
    expect_close(
        result["gradient"],
        added + 0.5,
        what="The gradient of a model that had gradients before",
        mistakes={
            "Gradients that were there before are zeroed; accumulating adds to them.": added,
            "Gradients that were there before are divided by the number of tokens too.": AnyOf(
                added + 0.5 / sum(counts), torch.cat([added[:-16] + 0.5 / sum(counts), added[-16:] + 0.5])
            ),
        },
        **TOL_FP32,
    )
    if not torch.equal(result["weights"], weights_of(model)):
        fail("The weights have changed; accumulating computes gradients and no more.")
    if result["training"]:
        fail("The model came in eval mode and is in train mode afterwards; its mode is the caller's business.")


@exercise("accumulate_gradients")
def test_a_generator_in_train_mode(student, rng):
    pieces = [training_batch(rng, 1, 5, 3), training_batch(rng, 2, 4, 1)]
    expect_from_a_generator(student, rng.randint(0, 10_000), pieces, [3 / 5, 2 / 5])
    expect_same_mode(student, rng.randint(0, 10_000), pieces, [3 / 5, 2 / 5])


@exercise("accumulate_gradients")
def test_one_graph_at_a_time_and_nothing_to_learn(student, rng):
    pieces = [training_batch(rng, 2, 6, 3), training_batch(rng, 1, 5, 3)]
    expect_one_at_a_time(student, rng.randn(29, 29), pieces)
    expect_unchanged(student, rng.randint(0, 10_000), [training_batch(rng, 2, 5, 0)], rng.randint(1, 9) / 8)

"""Hidden checks of `accumulate_gradients`."""

import torch
from instruction_tuning_oracles import (
    TOL_FP32,
    accumulated,
    expect_from_a_generator,
    expect_one_at_a_time,
    expect_same_mode,
    expect_unchanged,
    tiny_model,
    training_batch,
    weighted_gradient,
)

from autograder.checks import exercise, expect_close, fail


@exercise("accumulate_gradients")
def test_pieces_from_a_generator(student, rng):
    pieces = [training_batch(rng, 2, 6, 4), training_batch(rng, 2, 4, 0), training_batch(rng, 1, 7, 1)]
    pieces[2]["attention_mask"][:, :2] = 0
    expect_from_a_generator(student, rng.randint(0, 10_000), pieces, [8 / 9, 0.0, 1 / 9])


@exercise("accumulate_gradients")
def test_tokens_are_counted_as_the_loss_does(student, rng):
    seed = rng.randint(0, 10_000)
    pieces = [training_batch(rng, 3, 4, 4), training_batch(rng, 1, 7, 3), training_batch(rng, 2, 5, 0)]
    model = tiny_model(seed)  # 9, 3 and 0 tokens are guessed; of the first piece 12 labels aren't -100
    expected, loss = weighted_gradient(model, [9 / 12, 3 / 12, 0.0], pieces)

    def gradient(*weights):
        return lambda: weighted_gradient(model, weights, pieces)[0]

    result = student.run(accumulated, seed, pieces)
    if torch.isnan(result["gradient"]).any():
        fail("A piece without supervised tokens makes the gradient NaN.")
    expect_close(
        result["gradient"],
        expected,
        what="The gradient of pieces with all and no tokens supervised",
        mistakes={
            "The first label of a row is counted, although the loss does not use it.": gradient(12 / 15, 3 / 15, 0.0),
            "A piece without supervised tokens is counted in the mean.": gradient(1 / 3, 1 / 3, 0.0),
            "It is the mean of the pieces' means, so a piece counts the same whatever it holds.": gradient(
                1 / 3, 1 / 3, 0.0
            ),
        },
        **TOL_FP32,
    )
    expect_close(result["returned"], loss, what="The loss of pieces with all and no tokens supervised", **TOL_FP32)


@exercise("accumulate_gradients")
def test_pieces_without_anything_supervised(student, rng):
    pieces = [training_batch(rng, 2, 5, 0), training_batch(rng, 1, 4, 0)]
    for train in (False, True):
        expect_unchanged(student, rng.randint(0, 10_000), pieces, rng.randint(1, 9) / 8, train=train)


@exercise("accumulate_gradients")
def test_accumulating_leaves_the_mode_alone(student, rng):
    pieces = [training_batch(rng, 2, 6, 3), training_batch(rng, 2, 5, 3), training_batch(rng, 1, 4, 0)]
    expect_same_mode(student, rng.randint(0, 10_000), pieces, [0.5, 0.5, 0.0])


@exercise("accumulate_gradients")
def test_accumulating_uses_the_attention_mask(student, rng):
    seed, piece = rng.randint(0, 10_000), training_batch(rng, 1, 7, 1)  # one token to learn: its own mean
    unmasked, _ = weighted_gradient(tiny_model(seed), [1.0], [piece])
    piece["attention_mask"][:, :2] = 0  # which changes what the other tokens attend to
    expected, _ = weighted_gradient(tiny_model(seed), [1.0], [piece])
    expect_close(
        student.run(accumulated, seed, [piece])["gradient"],
        expected,
        what="The gradient of a batch whose first tokens are masked out",
        mistakes={"The attention mask does not reach the model.": unmasked},
        **TOL_FP32,
    )


@exercise("accumulate_gradients")
def test_one_piece_at_a_time(student, rng):
    pieces = [training_batch(rng, 2, 6, 3), training_batch(rng, 1, 5, 3), training_batch(rng, 2, 4, 2)]
    expect_one_at_a_time(student, rng.randn(29, 29), pieces)

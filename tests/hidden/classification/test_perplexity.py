"""Hidden checks of `perplexity`."""

import torch
from classification_oracles import (
    expect_finite,
    expect_no_trace,
    expect_nothing_to_predict,
    losses_of,
    padded_batch,
    perplexities,
    perplexity_of_gpt2,
    random_texts,
)

from autograder.checks import exercise, expect_close


@exercise("perplexity")
def test_measuring_perplexity_leaves_no_trace(student, rng):
    seed, sequences = rng.randint(0, 1 << 30), random_texts(rng, 4, 7)
    batch = list(padded_batch(sequences, "right"))
    expected = losses_of(seed, sequences).mean().exp().item()
    result = student.run(perplexities, seed, [batch], 0.5)
    expect_no_trace(result, seed, expected)


@exercise("perplexity")
def test_end_tokens_are_text_too(student, rng):
    # 0 is both the padding id and a token of every text.
    seed = rng.randint(0, 1 << 30)
    sequences = [[*text[:2], 0, *text[2:], 0] for text in random_texts(rng, 3, 6)]
    losses = losses_of(seed, sequences)
    targets = torch.cat([torch.tensor(text[1:]) for text in sequences])
    expect_close(
        student.run(perplexity_of_gpt2, seed, 10, [padded_batch(sequences, "right")]),
        losses.mean().exp().item(),
        what="The perplexity of texts that hold the padding id",
        rtol=1e-4,
        mistakes={
            "Real tokens are told from padding by their id, so end-of-text tokens do not count.": lambda: (
                losses[targets != 0].mean().exp().item()
            ),
        },
    )


@exercise("perplexity")
def test_batching_does_not_matter(student, rng):
    seed, (a, b, c) = rng.randint(0, 1 << 30), random_texts(rng, 5, 1, 8)
    expected = losses_of(seed, [a, b, c]).mean().exp().item()
    batchings = [
        [padded_batch([a, b, c], "right")],
        [padded_batch([a], "left", extra=2), padded_batch([b, c], "right")],
        [padded_batch([b], "right"), padded_batch([c, a], "left")],
    ]
    for batches in batchings:
        value = student.run(perplexity_of_gpt2, seed, 10, batches)
        expect_close(value, expected, what="The perplexity of the same texts in other batches", rtol=1e-4)


@exercise("perplexity")
def test_nothing_to_predict(student, rng):
    expect_nothing_to_predict(student, rng, [], [list(padded_batch(random_texts(rng, 1, 1), "right", extra=2))])


@exercise("perplexity")
def test_an_improbable_token_leaves_perplexity_finite(student, rng):
    seed, sequences, factor = rng.randint(0, 1 << 30), random_texts(rng, 5, 6), 300.0
    ids, mask = padded_batch(sequences, "right")
    expected = losses_of(seed, sequences, factor).mean().item()
    result = student.run(perplexity_of_gpt2, seed, factor, [[ids, mask]])
    expect_finite(result, expected)

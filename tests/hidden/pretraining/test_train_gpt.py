"""Hidden checks of `train_gpt`."""

import torch
from pretraining_run_oracles import draw_batches, expect_trained

from autograder.checks import exercise


def tables(rng, vocab):
    return [2 * rng.randn(vocab, vocab), rng.randn(vocab), 1 + 0.3 * rng.randn(vocab)]


@exercise("train_gpt")
def test_limits_that_some_gradients_reach(student, rng):
    vocab = 13
    batches = draw_batches(rng, vocab, (4, 5), (1, 1), (3, 6), (1, 2), (5, 2))
    rates = [0.1 + 0.1 * one for one in rng.permutation(range(8))]
    for limit in (0.3, 0.8, 1.5):
        expect_trained(
            student, tables(rng, vocab), [batches], rates, limit, momentum=0.6, training=rng.choice([True, False])
        )


@exercise("train_gpt")
def test_rates_of_0_and_a_run_in_many_parts(student, rng):
    vocab = 9
    batches = draw_batches(rng, vocab, (2, 3), (3, 2), (1, 4), (2, 2))
    rates = [0.4, 0.3, 0.0, 0.7, 0.2, 0.1]
    parts = [batches[:1], [], batches[1:3], batches[3:]]
    expect_trained(student, tables(rng, vocab), parts, rates, 0.2, momentum=0.9, once=True, training=False)
    expect_trained(student, tables(rng, vocab), [[], []], rates, 0.2)


@exercise("train_gpt")
def test_losses_of_large_16_bit_logits(student, rng):
    # nothing moves at a rate of 0, so only the losses are looked at
    vocab = 11
    batches = draw_batches(rng, vocab, (2, 3), (3, 2))
    given = [(9 * rng.randn(vocab, vocab)).bfloat16(), torch.zeros(vocab).bfloat16(), torch.ones(vocab).bfloat16()]
    expect_trained(student, given, [batches[:1], batches], [0.0] * 5, 0.5)

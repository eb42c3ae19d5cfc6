"""Checks of `train_gpt`."""

import torch
from pretraining_run_oracles import draw_batches, expect_trained

from autograder.checks import exercise

VOCAB = 11


def tables(rng):
    return [2 * rng.randn(VOCAB, VOCAB), rng.randn(VOCAB), 1 + 0.3 * rng.randn(VOCAB)]


def rates(rng, count):
    """Rates that differ, and a few more than are needed."""
    return [0.2 + 0.15 * one for one in rng.permutation(range(count + 2))]


def batches(rng):
    return draw_batches(rng, VOCAB, (3, 4), (2, 5), (4, 3), (1, 6))


@exercise("train_gpt", points=2)
def test_one_update_for_each_batch(student, rng):
    # the limit is never reached
    expect_trained(student, tables(rng), [batches(rng)], rates(rng, 4), 1000.0, training=False)


@exercise("train_gpt", points=2)
def test_the_gradient_is_clipped_before_the_step(student, rng):
    # every gradient is longer than the limit
    expect_trained(student, tables(rng), [batches(rng)], rates(rng, 4), 0.05 + 0.05 * rng.rand().item())


@exercise("train_gpt")
def test_a_run_in_two_parts(student, rng):
    given = batches(rng)
    limit = 0.05 + 0.05 * rng.rand().item()
    expect_trained(student, tables(rng), [given[:2], given[2:]], rates(rng, 4), limit, momentum=0.5)


@exercise("train_gpt")
def test_training_on_batches_that_come_once(student, rng):
    expect_trained(student, tables(rng), [batches(rng)], rates(rng, 4), 0.1 + 0.1 * rng.rand().item(), once=True)
    expect_trained(student, tables(rng), [[], batches(rng)[:1]], rates(rng, 2), 0.1, once=True)


@exercise("train_gpt")
def test_losses_in_float32_at_least(student, rng):
    # nothing moves at a rate of 0, so only the losses are looked at
    given = [(4 * rng.randn(VOCAB, VOCAB)).bfloat16(), torch.zeros(VOCAB).bfloat16(), torch.ones(VOCAB).bfloat16()]
    expect_trained(student, given, [batches(rng)], [0.0] * 6, 1000.0)

"""Checks of `online_softmax`."""

import math

import torch
from efficiency_attention_oracles import expect_states, state_of, told_states

from autograder.checks import exercise

INF = math.inf


def drawn_blocks(rng, leading, queries, lengths, width, spread=3.0):
    """Blocks of scores (..., Tq, Tb) and values (..., Tb, d_v) of these lengths."""
    return [(spread * rng.randn(*leading, queries, one), rng.randn(*leading, one, width)) for one in lengths]


@exercise("online_softmax")
def test_block_after_block(student, rng):
    hand = [(torch.tensor([[s]]), torch.tensor([[v]])) for s, v in ((1.0, 10.0), (3.0, 20.0), (2.0, 30.0))]
    expect_states(student, hand)
    expect_states(student, drawn_blocks(rng, (2,), 3, rng.permutation([4, 2, 5, 1]), 3))


@exercise("online_softmax")
def test_a_greater_score_comes_later_and_earlier(student, rng):
    blocks = drawn_blocks(rng, (2,), 4, [3, 3, 2], 2)
    up = [(scores + 4.0 * at, values) for at, (scores, values) in enumerate(blocks)]
    expect_states(student, up)
    expect_states(student, up[::-1])


@exercise("online_softmax")
def test_one_block_on_top_of_a_state(student, rng):
    before, (block,) = drawn_blocks(rng, (3,), 2, [4, 3], 5), drawn_blocks(rng, (3,), 2, [3], 5)
    block[0][0] += 6
    state = state_of(before)
    got = student.online_softmax(state, *block)
    told_states([got], [state_of([*before, block])], [block], state)


@exercise("online_softmax")
def test_rows_without_a_key(student, rng):
    blocks = drawn_blocks(rng, (2,), 4, [3, 2, 4, 2], 3)
    for at in (0, 1, 2, 3):
        blocks[at][0][:, 0] = -INF  # a query that never may look
    blocks[0][0][:, 1] = blocks[1][0][:, 1] = -INF  # one that may from the third block on
    blocks[1][0][:, 2] = blocks[3][0][:, 2] = -INF  # one that may in every other block
    blocks[2][0][:, 3, 0] = -INF  # one that may not look at one key
    blocks[2][0][:, 1] -= 250.0
    expect_states(student, blocks)


@exercise("online_softmax")
def test_a_hidden_block_leaves_the_state(student, rng):
    before, (block,) = drawn_blocks(rng, (), 3, [5, 2], 2), drawn_blocks(rng, (), 3, [4], 2)
    block[0][rng.permutation([0, 1, 2])[:2]] = -INF
    state = state_of(before)
    got = student.online_softmax(state, *block)
    told_states([got], [state_of([*before, block])], [block], state)


@exercise("online_softmax")
def test_great_scores(student, rng):
    blocks = drawn_blocks(rng, (2,), 3, [3, 2, 3], 2)
    base = rng.choice([1.0, -1.0]) * torch.tensor([2000.0, -30000.0, 1e6])[:, None]
    expect_states(student, [(scores + base, values) for scores, values in blocks])
    low = [(scores - 60 * (at == 1), values * (1e9 if at == 1 else 1)) for at, (scores, values) in enumerate(blocks)]
    expect_states(student, low)
    expect_states(student, [low[0], low[2], low[1]])


@exercise("online_softmax")
def test_16_bits_are_raised_and_float64_stays(student, rng):
    for dtype in rng.permutation([torch.bfloat16, torch.float64, torch.float16]):
        blocks = drawn_blocks(rng, (2,), 3, [4, 5], 3)
        expect_states(student, [(scores.to(dtype), values.to(dtype)) for scores, values in blocks])

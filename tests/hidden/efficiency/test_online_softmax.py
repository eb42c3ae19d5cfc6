"""Hidden checks of `online_softmax`."""

import math

import torch
from efficiency_attention_oracles import expect_states, state_of, told_states

from autograder.checks import exercise, expect_close, expect_equal

INF = math.inf


def drawn_blocks(rng, leading, queries, lengths, width, spread=3.0):
    """Blocks of scores and values of these lengths, each with some scores of -inf."""
    found = []
    for length in lengths:
        scores = spread * rng.randn(*leading, queries, length)
        hidden = rng.rand(*scores.shape) < 0.3
        found.append((scores.masked_fill(hidden, -INF), rng.randn(*leading, length, width)))
    return found


@exercise("online_softmax")
def test_blocks_of_any_sizes_in_any_order(student, rng):
    blocks = drawn_blocks(rng, (2, 2), 3, [1, 7, 2, 4], 3)
    orders = [rng.permutation(blocks), blocks[::-1]]
    for order in orders:
        expect_states(student, order)
    whole = [(torch.cat([s for s, _ in blocks], dim=-1), torch.cat([v for _, v in blocks], dim=-2))]
    expect_states(student, whole)


@exercise("online_softmax")
def test_what_attention_reads_in_the_end(student, rng):
    for leading in rng.permutation([(), (2,), (2, 3)]):
        blocks = drawn_blocks(rng, leading, 4, [3, 1, 5], 2, spread=8.0)
        blocks[0][0][..., 0] = 1.5  # every query may look at something
        scores = torch.cat([s for s, _ in blocks], dim=-1).double()
        expected = scores.softmax(dim=-1) @ torch.cat([v for _, v in blocks], dim=-2).double()
        _, total, read = expect_states(student, blocks)[-1]
        expect_close(read / total[..., None], expected.float(), what="What attention reads", rtol=1e-4, atol=1e-5)


@exercise("online_softmax")
def test_hidden_rows_before_between_and_after(student, rng):
    blocks = drawn_blocks(rng, (2,), 5, [2, 3, 1, 2], 3, spread=40.0)
    for row, hidden in enumerate(rng.permutation([(0,), (1, 2), (3,), (0, 1, 2), (0, 1, 2, 3)])):
        for at in hidden:
            blocks[at][0][:, row] = -INF
    expect_states(student, blocks)


@exercise("online_softmax")
def test_a_hidden_block_leaves_the_state_bit_for_bit(student, rng):
    before = drawn_blocks(rng, (3,), 2, [4], 2)
    before[0][0][:, 0] = rng.randn(3, 4) * 50
    state = state_of(before)
    hidden = (torch.full((3, 2, 3), -INF), rng.randn(3, 3, 2))
    told_states([student.online_softmax(state, *hidden)], [state], [hidden], state)
    expect_equal(student.online_softmax(state, *hidden), state, what="The state after a block that is hidden")


@exercise("online_softmax")
def test_scores_at_the_ends_of_float32(student, rng):
    blocks = drawn_blocks(rng, (), 3, [2, 2, 2], 2, spread=1.0)
    ends = rng.permutation([-1e30, 1e30, 0.0])
    for order in (ends, [-1e30] * 3):
        expect_states(student, [(torch.full((3, 2), end), v) for (_, v), end in zip(blocks, order, strict=True)])


@exercise("online_softmax")
def test_a_state_of_many_blocks_in_16_bits(student, rng):
    dtype = rng.choice([torch.bfloat16, torch.float16])
    blocks = [(scores.to(dtype), values.to(dtype)) for scores, values in drawn_blocks(rng, (1,), 2, [3] * 15, 2)]
    expect_states(student, blocks)

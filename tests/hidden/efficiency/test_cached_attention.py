"""Hidden checks of `cached_attention`."""

import torch
from efficiency_attention_oracles import drawn_tokens, expect_cached, read_in_chunks, told_cached
from torch.nn import functional as F
from torch.nn.attention.bias import causal_lower_right

from autograder.checks import exercise, expect_close


@exercise("cached_attention")
def test_what_pytorch_reads_with_its_own_mask(student, rng):
    keys, values = drawn_tokens(rng, 3, 2, 11, 4, 4)
    new = rng.randint(2, 6)
    q, old = rng.randn(3, 2, new, 4), 11 - new
    cache = (keys[:, :, :old], values[:, :, :old])
    expect_cached(student, q, keys[:, :, old:], values[:, :, old:], cache)
    read, _ = student.cached_attention(q, keys[:, :, old:], values[:, :, old:], cache)
    expected = F.scaled_dot_product_attention(q, keys, values, attn_mask=causal_lower_right(new, 11))
    expect_close(read, expected, what="What the queries read", rtol=1e-4, atol=2e-5)


@exercise("cached_attention")
def test_reading_in_every_dtype(student, rng):
    for dtype in rng.permutation([torch.bfloat16, torch.float64, torch.float32]):
        cache = drawn_tokens(rng, 1, 3, 5, 4, 2, dtype=dtype)
        new = drawn_tokens(rng, 1, 3, rng.randint(2, 4), 4, 2, dtype=dtype)
        expect_cached(student, rng.randn(*new[0].shape).to(dtype), *new, cache)


@exercise("cached_attention")
def test_reading_where_scores_are_far_apart(student, rng):
    cache = drawn_tokens(rng, 2, 2, 6, 3)
    new = drawn_tokens(rng, 2, 2, 3, 3)
    expect_cached(student, 60 * rng.randn(*new[0].shape), *new, cache)
    expect_cached(student, 60 * rng.randn(*new[0].shape), *new, None)


@exercise("cached_attention")
def test_a_longer_text_in_chunks_that_are_drawn(student, rng):
    keys, values = drawn_tokens(rng, 1, 2, 40, 3, 2)
    q, lengths = 2 * rng.randn(1, 2, 40, 3), []
    while sum(lengths) < 40:
        lengths.append(min(rng.randint(1, 12), 40 - sum(lengths)))
    told_cached(student.run(read_in_chunks, q, keys, values, lengths), q, keys, values, None)
    told_cached(student.run(read_in_chunks, q, keys, values, [39, 1]), q, keys, values, None)

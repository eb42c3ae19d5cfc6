"""Hidden checks of `append_cache`."""

import torch
from efficiency_attention_oracles import drawn_tokens, expect_appended

from autograder.checks import exercise, in_drawn_order, rejected


@exercise("append_cache")
def test_caches_of_every_dtype(student, rng):
    for dtype in rng.permutation([torch.bfloat16, torch.float16, torch.float64]):
        cache = drawn_tokens(rng, 2, 1, 3, 2, 5, dtype=dtype)
        expect_appended(student, cache, *drawn_tokens(rng, 2, 1, rng.randint(1, 6), 2, 5, dtype=dtype))
        expect_appended(student, None, *cache)


@exercise("append_cache")
def test_a_long_cache_grows_token_by_token(student, rng):
    cache = drawn_tokens(rng, 1, 2, 200, 2, 3)
    for _ in range(3):
        cache = tuple(expect_appended(student, cache, *drawn_tokens(rng, 1, 2, 1, 2, 3)))
    expect_appended(student, cache, *drawn_tokens(rng, 1, 2, 90, 2, 3))


@exercise("append_cache")
def test_cache_of_a_batch_of_one_and_of_none(student, rng):
    one, three = drawn_tokens(rng, 1, 3, 2, 4), drawn_tokens(rng, 3, 3, 2, 4)
    unnamed = "The error for a cache of another batch doesn't name both sizes."
    what = "A cache of another batch"
    in_drawn_order(
        rng,
        rejected(lambda: student.append_cache(one, *three), what, 1, 3, unnamed=unnamed),
        rejected(lambda: student.append_cache(three, *one), what, 3, 1, unnamed=unnamed),
        lambda: expect_appended(student, one, *drawn_tokens(rng, 1, 3, 3, 4)),
        lambda: expect_appended(student, three, *drawn_tokens(rng, 3, 3, 3, 4)),
    )

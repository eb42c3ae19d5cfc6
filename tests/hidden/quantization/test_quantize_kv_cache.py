"""Hidden checks of `quantize_kv_cache`."""

import torch
from quantization_oracles import cache_mistakes, expect_cache, keys_and_values, kv_cache

from autograder.checks import exercise, expect_close, expect_error, fail


@exercise("quantize_kv_cache")
def test_one_token_and_odd_bits(student, rng):
    for shape, bits, dtype in (
        ((1, 1, 1, 3), 8, torch.float32),
        ((1, 3, 3, 3), 3, torch.float32),
        ((2, 1, 4, 5), 8, torch.bfloat16),
    ):
        keys, values = keys_and_values(rng, shape, bits, dtype)
        what = "What quantize_kv_cache gives for another shape, dtype or number of bits"
        expect_cache(student, keys, values, bits, what)


@exercise("quantize_kv_cache")
def test_bits_default_to_8(student, rng):
    keys, values = keys_and_values(rng, (1, 2, 6, 16), 8)
    expect_close(student.quantize_kv_cache(keys, values), kv_cache(keys, values, 8), what="What it gives without bits")
    for bits in (1, 9):
        with expect_error("ValueError", what="quantize_kv_cache with bits outside 2 to 8"):
            student.quantize_kv_cache(keys, values, bits)


@exercise("quantize_kv_cache")
def test_a_new_token_leaves_the_old_values_alone(student, rng):
    keys, values = keys_and_values(rng, (1, 2, 7, 5), 8)
    values[:, :, -1] *= 50
    before = student.quantize_kv_cache(keys[:, :, :-1].contiguous(), values[:, :, :-1].contiguous())
    after = student.quantize_kv_cache(keys, values)
    keys_before, values_before = keys[:, :, :-1], values[:, :, :-1]
    expect_close(
        before,
        kv_cache(keys_before, values_before, 8),
        what="What quantize_kv_cache gives before a token comes",
        mistakes=cache_mistakes(keys_before, values_before, 8),
    )
    if not torch.equal(before["values"], after["values"][:, :, :-1]):
        fail("A new token changes the codes of the values before it; each token has a scale of its own.")
    expect_close(after, kv_cache(keys, values, 8), what="What it gives with a large token")

"""Hidden checks of `quantize_kv_cache`."""

import torch
from quantization_hidden_oracles import absmax, clear

from autograder.checks import exercise, expect_close, expect_error, fail


def cache(keys, values, bits):
    """What quantize_kv_cache returns, by fp64."""
    (key_codes, key_scales), (value_codes, value_scales) = absmax(keys, bits, 2), absmax(values, bits, 3)
    numbers, scales = keys.numel() + values.numel(), key_scales.numel() + value_scales.numel()
    return {
        "keys": key_codes,
        "key_scales": key_scales,
        "values": value_codes,
        "value_scales": value_scales,
        "bytes": -(-numbers * bits // 8) + 4 * scales,
    }


def cached(rng, shape, bits, dtype=torch.float32):
    """Keys with large channels, values with large tokens, none near halfway on its right axis."""
    keys = (rng.randn(*shape) * 5 ** rng.randn(*shape[:2], 1, shape[3])).to(dtype)
    values = (rng.randn(*shape) * 5 ** rng.randn(*shape[:3], 1)).to(dtype)
    return clear(keys, absmax(keys, bits, 2)[1]), clear(values, absmax(values, bits, 3)[1])


@exercise("quantize_kv_cache")
def test_one_token_and_odd_bits(student, rng):
    for shape, bits, dtype in (
        ((1, 1, 1, 3), 8, torch.float32),
        ((1, 3, 5, 3), 3, torch.float32),
        ((2, 1, 4, 5), 8, torch.bfloat16),
    ):
        keys, values = cached(rng, shape, bits, dtype)
        right = cache(keys, values, bits)
        expect_close(
            student.quantize_kv_cache(keys, values, bits),
            right,
            what="What quantize_kv_cache gives for another shape, dtype or number of bits",
            mistakes={
                "bytes is rounded down; what is left over needs a byte too.": {
                    **right,
                    "bytes": keys.numel() * 2 * bits // 8
                    + 4 * (right["key_scales"].numel() + right["value_scales"].numel()),
                },
                "bytes is not a whole number; a part of a byte needs a whole one.": {
                    **right,
                    "bytes": keys.numel() * 2 * bits / 8
                    + 4 * (right["key_scales"].numel() + right["value_scales"].numel()),
                },
            },
        )


@exercise("quantize_kv_cache")
def test_eight_bits_when_nothing_is_said(student, rng):
    keys, values = cached(rng, (1, 2, 6, 16), 8)
    expect_close(student.quantize_kv_cache(keys, values), cache(keys, values, 8), what="What it gives without bits")
    for bits in (1, 9):
        with expect_error("ValueError", what="quantize_kv_cache with bits outside 2 to 8"):
            student.quantize_kv_cache(keys, values, bits)


@exercise("quantize_kv_cache")
def test_a_new_token_leaves_the_old_values_alone(student, rng):
    keys, values = cached(rng, (1, 2, 7, 5), 8)
    values[:, :, -1] *= 50
    before = student.quantize_kv_cache(keys[:, :, :-1].contiguous(), values[:, :, :-1].contiguous())
    after = student.quantize_kv_cache(keys, values)
    if not torch.equal(before["values"], after["values"][:, :, :-1]):
        fail("A new token changes the codes of the values before it; each token has a scale of its own.")
    expect_close(after, cache(keys, values, 8), what="What it gives with a large token")

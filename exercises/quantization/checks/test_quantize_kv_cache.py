"""Checks of `quantize_kv_cache`."""

import torch
from quantization_oracles import keys_and_values, kv_cache

from autograder.checks import exercise, expect_close


def bytes_mistakes(cache, bits):
    """Sentence → what the mistake has for bytes."""
    n_keys = cache["keys"].numel()
    n, scales = n_keys + cache["values"].numel(), cache["key_scales"].numel() + cache["value_scales"].numel()
    return {
        "bytes leaves the scales out.": -(-n * bits // 8),
        "bytes counts each code as a byte, whatever bits says.": n + 4 * scales,
        "bytes counts each scale as one byte; fp32 takes four.": -(-n * bits // 8) + scales,
        "bytes is what the cache takes in 16 bits.": 2 * n,
        "bytes counts the keys only.": -(-n_keys * bits // 8) + 4 * cache["key_scales"].numel(),
    }


def cache_mistakes(keys, values, bits):
    """Sentence → the cache that the mistake gives."""
    right = kv_cache(keys, values, bits)
    return {
        "The axes are swapped: keys share a scale per channel, values per token.": lambda: kv_cache(
            keys, values, bits, key_dim=-1, value_dim=-2
        ),
        "Keys have a scale per token; they need one per channel.": lambda: kv_cache(keys, values, bits, key_dim=-1),
        "Values have a scale per channel; they need one per token.": lambda: kv_cache(keys, values, bits, value_dim=-2),
        **{sentence: {**right, "bytes": wrong} for sentence, wrong in bytes_mistakes(right, bits).items()},
        "One scale serves all keys, and one all values.": lambda: kv_cache(keys, values, bits, None, None),
        "bits is not used for the codes.": lambda: {**kv_cache(keys, values, 8), "bytes": right["bytes"]},
        "bits is not used.": lambda: kv_cache(keys, values, 8),
        "All heads share their scales; each has its own.": lambda: kv_cache(keys, values, bits, (1, 2), (1, 3)),
        "All sequences of the batch share their scales; each has its own.": lambda: kv_cache(
            keys, values, bits, (0, 2), (0, 3)
        ),
        "The scales lose the reduced dimension; keep it, so that they broadcast.": {
            **right,
            "key_scales": right["key_scales"].squeeze(-2),
            "value_scales": right["value_scales"].squeeze(-1),
        },
        "The values are quantized from the keys.": lambda: kv_cache(keys, keys, bits),
    }


def expect_cache(student, keys, values, bits, what):
    """Compare quantize_kv_cache with the right cache, and with what mistakes would give."""
    expect_close(
        student.quantize_kv_cache(keys, values, bits),
        kv_cache(keys, values, bits),
        what=what,
        mistakes=cache_mistakes(keys, values, bits),
        advice="absmax_quantize(keys, bits, dim=-2) and absmax_quantize(values, bits, dim=-1); bytes counts all four.",
    )


@exercise("quantize_kv_cache")
def test_quantize_kv_cache_docstring_example(student):
    numbers = torch.tensor([[[[1.0, 40], [-4, 30]]]])
    expect_cache(student, numbers, numbers, 8, "What quantize_kv_cache gives for the docstring's cache")


@exercise("quantize_kv_cache", points=2)
def test_keys_per_channel_and_values_per_token(student, rng):
    for bits in (8, 4):
        keys, values = keys_and_values(rng, (2, 3, 6, 5), bits)
        expect_cache(student, keys, values, bits, f"What quantize_kv_cache gives with bits={bits}")

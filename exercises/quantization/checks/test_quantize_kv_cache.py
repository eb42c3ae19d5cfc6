"""Checks of `quantize_kv_cache`."""

import torch
from quantization_oracles import absmax, clear

from autograder.checks import exercise, expect_close


def cache(keys, values, bits, key_dim=-2, value_dim=-1, bytes_of=None):
    """What quantize_kv_cache returns, by fp64."""
    key_codes, key_scales = absmax(keys, bits, key_dim)
    value_codes, value_scales = absmax(values, bits, value_dim)
    numbers, scales = keys.numel() + values.numel(), key_scales.numel() + value_scales.numel()
    counted = -(-numbers * bits // 8) + 4 * scales if bytes_of is None else bytes_of(numbers, scales)
    return {
        "keys": key_codes,
        "key_scales": key_scales,
        "values": value_codes,
        "value_scales": value_scales,
        "bytes": counted,
    }


CACHE_MISTAKES = {
    "The axes are swapped: keys share a scale per channel, values per token.": {"key_dim": -1, "value_dim": -2},
    "Keys have a scale per token; they need one per channel.": {"key_dim": -1},
    "Values have a scale per channel; they need one per token.": {"value_dim": -2},
    "bytes leaves the scales out.": {"bytes_of": lambda n, s: None},
    "bytes counts each code as a byte, whatever bits says.": {"bytes_of": lambda n, s: n + 4 * s},
    "bytes counts each scale as one byte; fp32 takes four.": {"bytes_of": lambda n, s: "one"},
    "bytes is what the cache takes in 16 bits.": {"bytes_of": lambda n, s: 2 * n},
    "bytes counts the keys only.": {"bytes_of": lambda n, s: "keys"},
}


def expect_cache(student, keys, values, bits, what):
    right = cache(keys, values, bits)
    numbers, scales = keys.numel() + values.numel(), right["key_scales"].numel() + right["value_scales"].numel()
    counts = {
        None: -(-numbers * bits // 8),
        "one": -(-numbers * bits // 8) + scales,
        "keys": -(-keys.numel() * bits // 8) + 4 * right["key_scales"].numel(),
    }

    def mistaken(settings):
        wrong = cache(keys, values, bits, **settings)
        return {**wrong, "bytes": counts.get(wrong["bytes"], wrong["bytes"])}

    mistakes = {sentence: lambda s=settings: mistaken(s) for sentence, settings in CACHE_MISTAKES.items()}
    mistakes["One scale serves all keys, and one all values."] = lambda: cache(keys, values, bits, None, None)
    mistakes["bits is not used for the codes."] = lambda: {**cache(keys, values, 8), "bytes": right["bytes"]}
    mistakes["bits is not used."] = lambda: cache(keys, values, 8)
    mistakes["All heads share their scales; each has its own."] = lambda: cache(keys, values, bits, (1, 2), (1, 3))
    mistakes["All sequences of the batch share their scales; each has its own."] = lambda: cache(
        keys, values, bits, (0, 2), (0, 3)
    )
    mistakes["The scales lose the reduced dimension; keep it, so that they broadcast."] = lambda: {
        **right,
        "key_scales": right["key_scales"].squeeze(-2),
        "value_scales": right["value_scales"].squeeze(-1),
    }
    mistakes["The values are quantized from the keys."] = lambda: cache(keys, keys, bits)
    expect_close(
        student.quantize_kv_cache(keys, values, bits),
        right,
        what=what,
        mistakes=mistakes,
        advice="absmax_quantize(keys, bits, dim=-2) and absmax_quantize(values, bits, dim=-1); bytes counts all four.",
    )


def cached(rng, shape, bits):
    """Keys with large channels, values with large tokens, none near halfway on its right axis."""
    keys = rng.randn(*shape) * 5 ** rng.randn(*shape[:2], 1, shape[3])
    values = rng.randn(*shape) * 5 ** rng.randn(*shape[:3], 1)
    return clear(keys, absmax(keys, bits, -2)[1]), clear(values, absmax(values, bits, -1)[1])


@exercise("quantize_kv_cache")
def test_the_docstrings_cache(student):
    numbers = torch.tensor([[[[1.0, 40], [-4, 30]]]])
    expect_cache(student, numbers, numbers, 8, "What quantize_kv_cache gives for the docstring's cache")


@exercise("quantize_kv_cache", points=2)
def test_keys_per_channel_and_values_per_token(student, rng):
    for bits in (8, 4):
        keys, values = cached(rng, (2, 3, 6, 5), bits)
        expect_cache(student, keys, values, bits, f"What quantize_kv_cache gives with bits={bits}")

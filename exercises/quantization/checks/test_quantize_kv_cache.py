"""Checks of `quantize_kv_cache`."""

import torch
from quantization_oracles import expect_cache, keys_and_values

from autograder.checks import exercise


@exercise("quantize_kv_cache")
def test_quantize_kv_cache_docstring_example(student, rng):
    numbers = torch.tensor([[[[1.0, 40], [-4, 30]]]])
    expect_cache(student, numbers, numbers, 8, "What quantize_kv_cache gives for the docstring's cache")
    keys, values = keys_and_values(rng, (1, 2, 3, 2), 8)
    expect_cache(student, keys, values, 8, "What quantize_kv_cache gives for a small cache")


@exercise("quantize_kv_cache", points=2)
def test_keys_per_channel_and_values_per_token(student, rng):
    for bits in (8, 4):
        keys, values = keys_and_values(rng, (2, 3, 6, 5), bits)
        expect_cache(student, keys, values, bits, f"What quantize_kv_cache gives with bits={bits}")
    keys, values = keys_and_values(rng, (1, 3, 5, 3), 3)  # 270 bits of codes are 33 bytes and three quarters
    expect_cache(student, keys, values, 3, "What quantize_kv_cache gives with bits=3")

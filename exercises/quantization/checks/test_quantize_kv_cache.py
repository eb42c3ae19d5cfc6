"""Checks of `quantize_kv_cache`."""

import torch
from quantization_oracles import expect_cache, keys_and_values

from autograder.checks import exercise, in_drawn_order, rejected


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
    # Twice 81 bits of codes are 20 bytes and a quarter, which make 21; by themselves they would make twice 11.
    keys, values = keys_and_values(rng, (1, 3, 3, 3), 3)
    expect_cache(student, keys, values, 3, "What quantize_kv_cache gives with bits=3")
    in_bf16 = keys_and_values(rng, (1, 2, 4, 3), 8, torch.bfloat16)
    expect_cache(student, *in_bf16, 8, "What quantize_kv_cache gives for bf16")


@exercise("quantize_kv_cache")
def test_bits_from_2_to_8(student, rng):
    keys, values = keys_and_values(rng, (1, 2, 3, 4), 8)

    def allowed(bits):
        cache = keys_and_values(rng, (1, 2, 3, 4), bits)
        return lambda: expect_cache(student, *cache, bits, f"What quantize_kv_cache gives with bits={bits}")

    in_drawn_order(
        rng,
        *(
            rejected(
                lambda bits=bits: student.quantize_kv_cache(keys, values, bits),
                "quantize_kv_cache with bits outside 2 to 8",
                advice=f"Here bits is {bits}.",
                explained=False,
            )
            for bits in (1, 9)
        ),
        *(allowed(bits) for bits in range(2, 9)),
    )

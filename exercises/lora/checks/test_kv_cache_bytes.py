"""Checks of `kv_cache_bytes`."""

from autograder.checks import exercise, expect_close


@exercise("kv_cache_bytes")
def test_the_cache_of_gpt2(student):
    expect_close(
        student.kv_cache_bytes(12, 12, 64, 1024, 1, 16),
        37_748_736,
        what="kv_cache_bytes(12, 12, 64, 1024, 1, 16)",
        rtol=0.0,
        mistakes={
            "It counts keys only; values are cached too.": 18_874_368,
            "It counts bits as if they were bytes.": 301_989_888,
        },
        advice="One key and one value, in every layer, for every token, KV head and sequence.",
    )


@exercise("kv_cache_bytes")
def test_every_argument_counts(student, rng):
    layers, heads, size, tokens, batch = rng.permutation(range(3, 10))[:5]  # all different
    bits = rng.choice([4, 8])
    expected = 2 * layers * heads * size * tokens * batch * bits / 8
    expect_close(
        student.kv_cache_bytes(layers, heads, size, tokens, batch, bits),
        expected,
        what="kv_cache_bytes",
        rtol=0.0,
        mistakes={
            "It counts keys only; values are cached too.": expected / 2,
            "It leaves the number of KV heads out.": expected / heads,
            "It leaves the batch out; every sequence has a cache of its own.": expected / batch,
            "It counts one layer only.": expected / layers,
            "It counts every number as 16 bits, whatever bits says.": expected / bits * 16,
            "It grows with the square of tokens, but each token is cached once.": expected * tokens,
        },
    )

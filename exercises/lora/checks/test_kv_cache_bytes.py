"""Checks of `kv_cache_bytes`."""

from autograder.checks import exercise, expect_close


@exercise("kv_cache_bytes")
def test_every_argument_counts(student, rng):
    drawn = [*rng.permutation(range(3, 10))[:5], rng.choice([4, 8])]  # no two of the first five are equal
    for sizes in ([12, 12, 64, 1024, 1, 16], drawn):  # GPT-2's first, as in the docstring
        layers, heads, size, tokens, batch, bits = sizes
        expected = 2 * layers * heads * size * tokens * batch * bits / 8
        counted = {
            "It counts keys only; values are cached too.": expected / 2,
            "It counts bits as if they were bytes.": expected * 8,
            "It grows with the square of tokens, but each token is cached once.": expected * tokens,
        }
        if sizes is drawn:  # GPT-2 has as many layers as heads
            counted |= {
                "It leaves the number of KV heads out.": expected / heads,
                "It leaves the batch out; every sequence has a cache of its own.": expected / batch,
                "It counts one layer only.": expected / layers,
                "It counts every number as 16 bits, whatever bits says.": expected / bits * 16,
            }
        expect_close(
            student.kv_cache_bytes(*sizes),
            expected,
            what="kv_cache_bytes",
            rtol=0.0,
            mistakes=counted,
            advice="One key and one value, in every layer, for every token, KV head and sequence.",
        )

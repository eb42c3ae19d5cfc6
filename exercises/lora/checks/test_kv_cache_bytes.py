"""Checks of `kv_cache_bytes`."""

from autograder.checks import AnyOf, exercise, expect_close


@exercise("kv_cache_bytes")
def test_every_argument_counts(student, rng):
    drawn = [*rng.permutation(range(3, 10))[:5], rng.choice([4, 6])]  # no two of the first five are equal
    for sizes in (drawn, [12, 12, 64, 1024, 1, 16]):  # then GPT-2's, as in the docstring
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
                "It rounds the bytes of one number down, so that 4 bits take nothing.": 0,
                "It rounds the bytes of one number up, so that 4 bits take as much as 8.": expected / bits * 8,
                "It multiplies only one of keys and values by one of its arguments.": AnyOf(
                    *(expected * (1 + 1 / size) / 2 for size in drawn[:5])
                ),
            }
        expect_close(
            student.kv_cache_bytes(*sizes),
            expected,
            what="kv_cache_bytes",
            rtol=0.0,
            mistakes=counted,
            advice="One key and one value, in every layer, for every token, KV head and sequence.",
        )

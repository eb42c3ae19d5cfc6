"""Hidden checks of `kv_cache_bytes`."""

from autograder.checks import exercise, expect_close


@exercise("kv_cache_bytes")
def test_the_cache_of_llama_3(student, rng):
    tokens = rng.randint(1_000, 8_193)
    got = [student.kv_cache_bytes(32, 8, 128, tokens, 1, bits) for bits in (16, 4)] + [
        student.kv_cache_bytes(32, 8, 128, 0, 1, 16)
    ]
    whole = 2 * 32 * 8 * 128 * tokens * 2
    expect_close(
        got,
        [whole, whole / 4, 0],
        what="The cache of a model with 8 KV heads",
        rtol=0.0,
        mistakes={
            "It rounds the bytes of one number down, so that 4 bits take nothing.": [whole, 0, 0],
            "It rounds the bytes of one number up, so that 4 bits take as much as 8.": [whole, whole / 2, 0],
            "It counts every number as 16 bits, whatever bits says.": [whole, whole, 0],
            "It counts one head for each query, not one for each KV head.": [4 * whole, whole, 0],
        },
    )

"""Hidden checks of `kv_cache_bytes`."""

from autograder.checks import exercise, expect_close


@exercise("kv_cache_bytes")
def test_the_cache_of_llama_3(student):
    got = [student.kv_cache_bytes(32, 8, 128, 8192, 1, bits) for bits in (16, 4)] + [
        student.kv_cache_bytes(32, 8, 128, 0, 1, 16)
    ]
    expected = [1_073_741_824, 268_435_456, 0]
    expect_close(
        got,
        expected,
        what="The cache of a model with 8 KV heads",
        rtol=0.0,
        mistakes={
            "It rounds the bytes of one number down, so that 4 bits take nothing.": [1_073_741_824, 0, 0],
            "It rounds the bytes of one number up, so that 4 bits take as much as 8.": [
                1_073_741_824,
                536_870_912,
                0,
            ],
            "It counts every number as 16 bits, whatever bits says.": [1_073_741_824, 1_073_741_824, 0],
            "It counts one head for each query, not one for each KV head.": [4 * n for n in expected],
        },
    )

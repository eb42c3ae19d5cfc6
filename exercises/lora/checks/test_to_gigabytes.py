"""Checks of `to_gigabytes`."""

from autograder.checks import exercise, expect_close


@exercise("to_gigabytes")
def test_a_gigabyte_is_decimal(student, rng):
    n = 1e6 * rng.randint(1_000, 90_000) + 1e5
    expect_close(
        student.to_gigabytes(n),
        n / 1e9,
        what="to_gigabytes",
        rtol=1e-9,
        atol=0.0,
        mistakes={
            "It divides by 2**30, which gives GiB; here a gigabyte is 10**9 bytes.": n / 2**30,
            "It divides by 10**6, which gives megabytes.": n / 1e6,
            "It rounds down to a whole number of gigabytes.": n // 10**9,
        },
    )

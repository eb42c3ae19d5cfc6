"""Checks of `to_gigabytes`."""

from autograder.checks import AnyOf, exercise, expect_close


@exercise("to_gigabytes")
def test_a_gigabyte_is_decimal(student, rng):
    n = 1e9 * rng.randint(1, 90) + 1e7 * rng.randint(55, 95) + 5_500_123  # rounding and rounding down differ
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
            "It rounds its result.": AnyOf(round(n / 1e9), *(round(n / 1e9, digits) for digits in (1, 2, 3))),
        },
    )

"""Hidden checks of `to_gigabytes`."""

from autograder.checks import exercise, expect_close


@exercise("to_gigabytes")
def test_small_numbers_are_not_rounded(student, rng):
    n = 1_000_000 * rng.randint(1, 999) + 1_234
    right = n / 1e9
    expect_close(
        [student.to_gigabytes(n), student.to_gigabytes(0)],
        [right, 0.0],
        what="to_gigabytes of less than a gigabyte",
        rtol=1e-9,
        atol=0.0,
        mistakes={
            "It rounds its result.": lambda: [round(right, 2), 0.0],
            "It rounds its result to one decimal.": lambda: [round(right, 1), 0.0],
            "It rounds its result to three decimals.": lambda: [round(right, 3), 0.0],
        },
    )

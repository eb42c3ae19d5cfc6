"""Hidden checks of `to_gigabytes`."""

from autograder.checks import AnyOf, exercise, expect_close


@exercise("to_gigabytes")
def test_small_numbers_are_not_rounded(student, rng):
    n = 1_000_000 * rng.randint(1, 999) + 1_234
    expected = n / 1e9
    expect_close(
        [student.to_gigabytes(n), student.to_gigabytes(0)],
        [expected, 0.0],
        what="to_gigabytes of less than a gigabyte",
        rtol=1e-9,
        atol=0.0,
        mistakes={
            "It rounds its result.": AnyOf(*([round(expected, digits), 0.0] for digits in range(4))),
        },
    )

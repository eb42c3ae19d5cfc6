"""Checks of `lora_parameter_count`."""

from lora_oracles import SMALLEST_RANK, expect_accepted

from autograder.checks import exercise, expect_equal, expect_error


@exercise("lora_parameter_count")
def test_a_and_b_are_counted(student, rng):
    d_in, d_out, r = rng.randint(20, 40), rng.randint(50, 90), 3
    expect_equal(
        student.lora_parameter_count(d_in, d_out, r),
        r * (d_in + d_out),
        what="lora_parameter_count",
        mistakes={
            "It multiplies d_in by d_out; A and B are stored side by side, not multiplied out.": r * d_in * d_out,
            "It counts the weight that is frozen.": d_in * d_out,
            "It counts A only.": r * d_in,
            "It counts B only.": r * d_out,
            "It multiplies only one of the two sides by r.": r * d_in + d_out,
            "It counts a bias, but A and B have none.": r * (d_in + d_out) + d_out,
        },
        advice="A is (r, d_in), B is (d_out, r).",
    )


@exercise("lora_parameter_count")
def test_rank_zero_is_an_error(student, rng):
    with expect_error("ValueError", what="lora_parameter_count with r = 0", explained=True):
        student.lora_parameter_count(4, 3, 0)
    d_in, d_out = rng.randint(20, 40), rng.randint(50, 90)
    with expect_accepted(SMALLEST_RANK):
        count = student.lora_parameter_count(d_in, d_out, 1)
    expect_equal(count, d_in + d_out, what="lora_parameter_count with r = 1")

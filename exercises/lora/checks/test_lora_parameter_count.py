"""Checks of `lora_parameter_count`."""

from functools import partial

from lora_oracles import SMALLEST_RANK, expect_refused_and_taken

from autograder.checks import exercise, expect_accepted, expect_equal


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
    r = d_out + rng.randint(1, 9)
    expect_equal(
        student.lora_parameter_count(d_in, d_out, r),
        r * (d_in + d_out),
        what="lora_parameter_count for a rank above both sides",
        mistakes={"It caps the rank at the smaller side; the layer does not.": d_in * (d_in + d_out)},
    )


@exercise("lora_parameter_count")
def test_rank_zero_is_an_error(student, rng):
    d_in, d_out = rng.randint(20, 40), rng.randint(50, 90)

    def take():
        with expect_accepted(SMALLEST_RANK, "ValueError"):
            return student.lora_parameter_count(d_in, d_out, 1)

    refused = [("lora_parameter_count with r = 0", partial(student.lora_parameter_count, d_in, d_out, 0))]
    expect_refused_and_taken(rng, refused, take, d_in + d_out, what="lora_parameter_count with r = 1")

"""Hidden checks of `lora_parameter_count`."""

from functools import partial

from lora_oracles import expect_refused_and_taken

from autograder.checks import exercise, expect_equal


@exercise("lora_parameter_count")
def test_counts_of_gpt2(student, rng):
    d_in, d_out = rng.permutation(range(2, 30))[:2]
    r = max(d_in, d_out) + rng.randint(1, 9)
    layers = ((768, 768, 8), (768, 2304, 8), (2304, 768, 8), (d_in, d_out, r))
    expect_equal(
        [student.lora_parameter_count(*sizes) for sizes in layers],
        [12_288, 24_576, 24_576, r * (d_in + d_out)],
        what="The count for GPT-2's layers and for a rank above both sides",
        mistakes={
            "It caps the rank at the smaller side; the layer does not.": (
                [12_288, 24_576, 24_576, min(d_in, d_out) * (d_in + d_out)]
            ),
            "It doubles d_in; d_in and d_out may differ.": [12_288, 12_288, 36_864, 2 * r * d_in],
        },
    )


@exercise("lora_parameter_count")
def test_a_negative_rank_is_an_error(student, rng):
    d_in, d_out, r = rng.randint(20, 40), rng.randint(50, 90), rng.randint(2, 9)
    expect_refused_and_taken(
        rng,
        [("lora_parameter_count with a negative r", partial(student.lora_parameter_count, d_in, d_out, -r))],
        partial(student.lora_parameter_count, d_in, d_out, r),
        r * (d_in + d_out),
        what="lora_parameter_count",
    )

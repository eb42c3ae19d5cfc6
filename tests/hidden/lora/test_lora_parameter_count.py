"""Hidden checks of `lora_parameter_count`."""

from autograder.checks import exercise, expect_equal, expect_error


@exercise("lora_parameter_count")
def test_counts_of_gpt2(student):
    expect_equal(
        [student.lora_parameter_count(*sizes) for sizes in ((768, 768, 8), (768, 2304, 8), (2304, 768, 8), (5, 3, 7))],
        [12_288, 24_576, 24_576, 56],
        what="The count for GPT-2's layers and for a rank above both sides",
        mistakes={
            "It caps the rank at the smaller side; the layer does not.": [12_288, 24_576, 24_576, 24],
            "It doubles d_in; d_in and d_out may differ.": [12_288, 12_288, 36_864, 70],
        },
    )


@exercise("lora_parameter_count")
def test_a_negative_rank_is_an_error(student):
    with expect_error("ValueError", what="lora_parameter_count with a negative r", explained=True):
        student.lora_parameter_count(4, 3, -2)
    student.lora_parameter_count(4, 3, 2)

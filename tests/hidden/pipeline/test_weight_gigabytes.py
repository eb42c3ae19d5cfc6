"""Hidden checks of `weight_gigabytes`."""

from pipeline_oracles import card

from autograder.checks import exercise, expect_close


@exercise("weight_gigabytes")
def test_experts_all_have_to_be_there(student):
    moe = card("qwen", "3", 30_000_000_000, stage="alignment", active=3_000_000_000)
    odd = {**moe, "parameters": 1_500_000_000, "active_parameters": None, "bits": 3}
    expect_close(
        [student.weight_gigabytes(moe), student.weight_gigabytes(odd)],
        [60.0, 0.5625],
        what="The gigabytes of a mixture of experts",
        rtol=1e-9,
        mistakes={
            "Only the active parameters are counted; all experts have to be there.": [6.0, 0.5625],
            "It rounds its result.": [60.0, 0.56],
            "It rounds to whole gigabytes.": [60, 1],
        },
    )

"""Checks of `weight_gigabytes`."""

from pipeline_oracles import card, expect_named

from autograder.checks import exercise, expect_close


@exercise("weight_gigabytes")
def test_weight_gigabytes_docstring_example(student):
    whole, quarter = card("llama", "3", 70_000_000_000), card("llama", "3", 70_000_000_000, bits=4, method="gptq")
    expect_close(
        [student.weight_gigabytes(whole), student.weight_gigabytes(quarter)],
        [140.0, 35.0],
        what="weight_gigabytes",
        rtol=1e-9,
        mistakes={
            "It divides by 2**30; a gigabyte is 10**9 bytes here.": [140e9 / 2**30, 35e9 / 2**30],
            "It counts bits as if they were bytes.": [1120.0, 280.0],
            "The bits are not used: 16 are taken for every model.": [140.0, 140.0],
        },
    )


@exercise("weight_gigabytes")
def test_unknown_parameters_or_bits_are_an_error(student):
    for missing in ("parameters", "bits"):
        name = missing.removesuffix("s")  # "it has no parameter count" says it, too
        with expect_named(
            "The error doesn't say which of the two is missing.", name, f"weight_gigabytes without {missing}"
        ):
            student.weight_gigabytes({**card("gpt", "2", 124_000_000), missing: None})
    student.weight_gigabytes(card("gpt", "2", 124_000_000))

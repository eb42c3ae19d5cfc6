"""Checks of `order_stages`."""

from pipeline_oracles import STAGES

from autograder.checks import exercise, expect_equal


@exercise("order_stages")
def test_order_stages_docstring_examples(student):
    expect_equal(
        student.order_stages(["quantization", "lora", "pretraining"]),
        ["pretraining", "quantization", "lora"],
        what='order_stages(["quantization", "lora", "pretraining"])',
        mistakes={
            "It sorts by STAGES; stages that don't build on each other keep the order they were given in.": [
                "pretraining",
                "lora",
                "quantization",
            ],
            "It gives the stages back as they came.": ["quantization", "lora", "pretraining"],
            "It orders by the alphabet.": ["lora", "pretraining", "quantization"],
            "It adds stages that were not given.": [*STAGES[:4], "quantization", "lora"],
        },
    )
    expect_equal(
        student.order_stages(["alignment", "tokenization"]),
        ["tokenization", "alignment"],
        what='order_stages(["alignment", "tokenization"])',
        mistakes={
            "It looks at direct needs only; alignment builds on tokenization through others.": [
                "alignment",
                "tokenization",
            ],
            "It adds stages that were not given.": [
                "tokenization",
                "embeddings",
                "transformer",
                "pretraining",
                "sft",
                "alignment",
            ],
        },
    )


@exercise("order_stages")
def test_the_first_six_stages_come_in_order(student, rng):
    stages = rng.permutation(STAGES[:6])
    expect_equal(
        student.order_stages(stages),
        list(STAGES[:6]),
        what="The order of the first six stages",
        mistakes={
            "It gives the stages back as they came.": stages,
            "It puts a stage before what it builds on.": list(reversed(STAGES[:6])),
        },
    )

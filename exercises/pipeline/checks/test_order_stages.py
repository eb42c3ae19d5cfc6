"""Checks of `order_stages`."""

from pipeline_oracles import STAGES, expect_named

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
            "It looks at direct needs only; a stage that isn't given still passes its needs on.": [
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


@exercise("order_stages")
def test_the_first_free_stage_comes_next(student):
    questions = (["alignment", "sft", "quantization"], ["lora", "alignment", "sft"], ["sft", "pretraining", "sft"])
    first, second, third = ["sft", "alignment", "quantization"], ["lora", "sft", "alignment"], ["pretraining", "sft"]
    expect_equal(
        [student.order_stages(stages) for stages in questions],
        [first, second, third],
        what="The order of three stages",
        mistakes={
            "It places all stages that are free at once; the first given one is to be looked for anew each time.": [
                ["sft", "quantization", "alignment"],
                second,
                third,
            ],
            "It sorts by STAGES; stages that don't build on each other keep the order they were given in.": [
                first,
                ["sft", "alignment", "lora"],
                third,
            ],
            "LoRA is made to wait for alignment; it adapts any trained model, a base model too.": [
                first,
                ["sft", "alignment", "lora"],
                third,
            ],
            "A stage given twice is placed twice.": [first, second, [*third, "sft"]],
        },
    )
    what = "order_stages with a stage that doesn't exist"
    with expect_named("The error doesn't name the stage that doesn't exist.", "evaluation", what):
        student.order_stages(["pretraining", "evaluation"])

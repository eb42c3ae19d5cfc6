"""Checks of `missing_prerequisites`."""

from pipeline_oracles import STAGES, expect_named, missing_of_a_generator

from autograder.checks import exercise, expect_equal


@exercise("missing_prerequisites")
def test_missing_prerequisites_docstring_example(student):
    expect_equal(
        student.missing_prerequisites(["alignment", "pretraining"]),
        ["tokenization", "embeddings", "transformer", "sft"],
        what='missing_prerequisites(["alignment", "pretraining"])',
        mistakes={
            "It looks at direct needs only; what a stage needs has needs of its own.": ["transformer", "sft"],
            "It takes what a given stage builds on for granted.": ["sft"],
            "It counts given stages as missing.": ["tokenization", "embeddings", "transformer", "pretraining", "sft"],
            "The missing stages come in the wrong order.": ["sft", "transformer", "embeddings", "tokenization"],
            "A stage that is missing for two others is listed twice.": [
                *("tokenization", "tokenization", "embeddings", "embeddings", "transformer", "transformer", "sft"),
            ],
        },
        advice="The order of STAGES is the order to give them in.",
    )


@exercise("missing_prerequisites")
def test_nothing_is_missing(student, rng):
    stages = rng.permutation(STAGES[:4])
    got = [student.missing_prerequisites(stages + more) for more in ([], ["lora"], ["quantization"])]
    expect_equal(
        got,
        [[], [], []],
        what="The list for complete stages",
        mistakes={
            "LoRA adapts any trained model, a base model too: it doesn't need alignment.": [
                [],
                ["sft", "alignment"],
                [],
            ],
            "LoRA and quantization take any trained model, a base model too: they don't need alignment.": [
                [],
                ["sft", "alignment"],
                ["sft", "alignment"],
            ],
            "LoRA adapts any trained model, a base model too: it doesn't need SFT.": [[], ["sft"], []],
            "Any trained model can be quantized: it needs no adapter.": [[], [], ["lora"]],
        },
    )


@exercise("missing_prerequisites")
def test_an_unknown_stage_is_an_error(student):
    what = "missing_prerequisites with a stage that doesn't exist"
    for stages in (["pretraining", "raw_text"], ["raw_text", "pretraining"], ["raw_text"]):
        with expect_named("The error doesn't name the stage that doesn't exist.", "raw_text", what):
            student.missing_prerequisites(stages)
    student.missing_prerequisites(["pretraining"])


@exercise("missing_prerequisites")
def test_any_iterable_of_stages(student):
    expect_equal(
        student.run(missing_of_a_generator, ["alignment", "embeddings"]),
        ["tokenization", "transformer", "pretraining", "sft"],
        what="The list of missing stages for stages from a generator",
        mistakes={
            "The stages are read twice, but a generator gives them once.": [],
            "It takes what a given stage builds on for granted.": ["transformer", "pretraining", "sft"],
        },
    )

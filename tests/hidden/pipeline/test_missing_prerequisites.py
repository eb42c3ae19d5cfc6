"""Hidden checks of `missing_prerequisites`."""

from pipeline_hidden_oracles import BUILDS_ON, answers_for, subsets
from pipeline_oracles import STAGES, missing_of_a_generator

from autograder.checks import exercise, expect_equal


def missing(stages, needs):
    """What of the needs is not there, in order."""
    wanted = {need for stage in stages for need in needs[stage]}
    return [stage for stage in STAGES if stage in wanted and stage not in stages]


@exercise("missing_prerequisites", points=2)
def test_every_set_of_stages(student):
    questions = subsets()
    direct = {stage: needs[-1:] for stage, needs in BUILDS_ON.items()}
    all_before = {stage: list(STAGES[:index]) for index, stage in enumerate(STAGES)}
    over_aligned = {**BUILDS_ON, "lora": BUILDS_ON["alignment"] + ["alignment"]}
    expect_equal(
        student.run(answers_for, "missing_prerequisites", questions),
        [missing(stages, BUILDS_ON) for stages in questions],
        what="The list of missing stages",
        mistakes={
            "It looks at direct needs only; what a stage needs has needs of its own.": lambda: [
                missing(stages, direct) for stages in questions
            ],
            "It takes the pipeline for a chain; a stage doesn't need everything that stands before it in the list.": (
                lambda: [missing(stages, all_before) for stages in questions]
            ),
            "LoRA adapts any trained model, a base model too: it doesn't need alignment.": lambda: [
                missing(stages, over_aligned) for stages in questions
            ],
        },
    )


@exercise("missing_prerequisites")
def test_order_and_repeats_do_not_matter(student, rng):
    stages = rng.permutation(["alignment", "quantization", "lora", "alignment", "transformer"])
    expect_equal(
        student.missing_prerequisites(stages),
        ["tokenization", "embeddings", "pretraining", "sft"],
        what="The list of missing stages for stages in any order",
        mistakes={
            "A stage that is missing for two others is listed twice.": lambda: [
                "tokenization",
                "embeddings",
                "pretraining",
                "pretraining",
                "pretraining",
                "sft",
            ]
        },
    )


@exercise("missing_prerequisites")
def test_stages_from_a_generator(student):
    stages = ["alignment", "transformer", "transformer"]
    expect_equal(
        student.run(missing_of_a_generator, stages),
        ["tokenization", "embeddings", "pretraining", "sft"],
        what="The list of missing stages for stages from a generator",
        mistakes={
            "The stages are read twice, but a generator gives them once.": [],
            "It takes what a given stage builds on for granted.": ["pretraining", "sft"],
        },
    )

"""Hidden checks of `missing_prerequisites`."""

from pipeline_hidden_oracles import BUILDS_ON, answers_for, subsets
from pipeline_oracles import STAGES, Row, expect_rows, missing_of_a_generator

from autograder.checks import exercise, expect_equal


def missing(stages, needs):
    """What of the needs is not there, in order."""
    wanted = {need for stage in stages for need in needs[stage]}
    return [stage for stage in STAGES if stage in wanted and stage not in stages]


CHAIN = {stage: list(STAGES[:index]) for index, stage in enumerate(STAGES)}
OVER_ALIGNED = {**BUILDS_ON, "lora": BUILDS_ON["alignment"] + ["alignment"]}
DIRECT = {stage: needs[-1:] for stage, needs in BUILDS_ON.items()}


@exercise("missing_prerequisites", points=2)
def test_every_set_of_stages(student, rng):
    questions = rng.permutation(rng.permutation(stages) for stages in subsets())
    expect_equal(
        student.run(answers_for, "missing_prerequisites", questions),
        [missing(stages, BUILDS_ON) for stages in questions],
        what="The list of missing stages",
        mistakes={
            "It looks at direct needs only; what a stage needs has needs of its own.": lambda: [
                missing(stages, DIRECT) for stages in questions
            ],
            "It takes the pipeline for a chain; a stage doesn't need everything that stands before it in the list.": (
                lambda: [missing(stages, CHAIN) for stages in questions]
            ),
            "LoRA adapts any trained model, a base model too: it doesn't need alignment.": lambda: [
                missing(stages, OVER_ALIGNED) for stages in questions
            ],
        },
    )


def with_repeats(rng, stages):
    """These in drawn order, and some of them again."""
    return rng.permutation([*stages, *rng.permutation(stages)[: rng.choice([1, 2, 3])]])


def one_list_for_each(stages):
    """What somebody gives who lists what each stage lacks, stage by stage, and then sorts."""
    found = [need for stage in dict.fromkeys(stages) for need in BUILDS_ON[stage] if need not in stages]
    return sorted(found, key=STAGES.index)


@exercise("missing_prerequisites")
def test_order_and_repeats_do_not_matter(student, rng):
    rows = []
    for last in ("alignment", "quantization", "lora"):
        stages = with_repeats(rng, ["sft", "transformer", last])
        listed_twice = "A stage that is missing for two others is listed twice."
        rows.append(Row(stages, missing(stages, BUILDS_ON), {listed_twice: one_list_for_each(stages)}))
    stages = with_repeats(rng, rng.permutation(STAGES[:4])[:2])
    rows.append(Row(stages, missing(stages, BUILDS_ON)))
    expect_rows(rng, student.missing_prerequisites, rows, "The list of missing stages for stages in any order")


@exercise("missing_prerequisites")
def test_stages_from_a_generator(student, rng):
    rows = []
    for some in (["alignment", "transformer"], ["lora", "embeddings"], ["pretraining"], ["sft", "quantization"]):
        stages = with_repeats(rng, some)
        mistakes = {
            "The stages are read twice, but a generator gives them once.": [],
            "A stage that is missing for two others is listed twice.": one_list_for_each(stages),
        }
        if "alignment" in some:
            mistakes["It takes what a given stage builds on for granted."] = ["pretraining", "sft"]
        rows.append(Row(stages, missing(stages, BUILDS_ON), mistakes))
    expect_rows(
        rng,
        lambda stages: student.run(missing_of_a_generator, stages),
        rows,
        "The list of missing stages for stages from a generator",
    )

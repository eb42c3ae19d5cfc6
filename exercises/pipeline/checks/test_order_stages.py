"""Checks of `order_stages`."""

from pipeline_oracles import STAGES, Row, expect_rows, made_up_word

from autograder.checks import exercise

AS_GIVEN = "It gives the stages back as they came."
ADDS = "It adds stages that were not given."
BY_LIST = "It sorts by STAGES; stages that don't build on each other keep the order they were given in."
DIRECT = "It looks at direct needs only; a stage that isn't given still passes its needs on."
AT_ONCE = (
    "After it has placed a stage it goes on behind it; the first given one that is free comes next, wherever it stands."
)
BY_DEPTH = "It sorts by how much a stage builds on; stages that don't build on each other keep their order."
DEPTH = "It puts what a stage builds on right before it, instead of the first given stage that is free."
WAITS = "LoRA is made to wait for alignment; it adapts any trained model, a base model too."
TWICE = "A stage given twice is placed twice."
UNKNOWN = ("order_stages with a stage that doesn't exist", "The error doesn't name the stage that doesn't exist.")


@exercise("order_stages")
def test_order_stages_docstring_examples(student, rng):
    rows = [
        Row(
            ["quantization", "lora", "pretraining"],
            ["pretraining", "quantization", "lora"],
            {
                BY_LIST: ["pretraining", "lora", "quantization"],
                AS_GIVEN: ["quantization", "lora", "pretraining"],
                "It orders by the alphabet.": ["lora", "pretraining", "quantization"],
                ADDS: [*STAGES[:4], "quantization", "lora"],
            },
        ),
        Row(
            ["alignment", "tokenization"],
            ["tokenization", "alignment"],
            {DIRECT: ["alignment", "tokenization"], ADDS: list(STAGES[:6])},
        ),
        Row(
            ["lora", "transformer"],
            ["transformer", "lora"],
            {DIRECT: ["lora", "transformer"], ADDS: [*STAGES[:4], "lora"]},
        ),
        Row(["quantization", "alignment"], ["quantization", "alignment"], {BY_LIST: ["alignment", "quantization"]}),
        Row(
            ["alignment", "lora"],
            ["alignment", "lora"],
            {BY_DEPTH: ["lora", "alignment"]},
        ),
    ]
    expect_rows(rng, student.order_stages, rows, "The order of some stages")


def out_of_order(rng):
    """Some of the first six stages, not in their order."""
    stages = rng.permutation(STAGES[:6])[: rng.choice([4, 5, 6])]
    return stages if stages != sorted(stages, key=STAGES.index) else stages[::-1]


@exercise("order_stages")
def test_the_first_six_stages_come_in_order(student, rng):
    rows = []
    for stages in (out_of_order(rng) for _ in range(4)):
        right = sorted(stages, key=STAGES.index)
        rows.append(Row(stages, right, {AS_GIVEN: stages, "It puts a stage before what it builds on.": right[::-1]}))
    expect_rows(rng, student.order_stages, rows, "The order of the first six stages")


@exercise("order_stages")
def test_the_first_free_stage_comes_next(student, rng):
    unknown = made_up_word(rng)
    rows = [
        Row(
            ["lora", "pretraining", "quantization"],
            ["pretraining", "lora", "quantization"],
            {AT_ONCE: ["pretraining", "quantization", "lora"]},
        ),
        Row(
            ["alignment", "sft", "quantization"],
            ["sft", "alignment", "quantization"],
            {AT_ONCE: ["sft", "quantization", "alignment"], BY_DEPTH: ["sft", "quantization", "alignment"]},
        ),
        Row(
            ["lora", "alignment", "sft"],
            ["lora", "sft", "alignment"],
            {BY_LIST: ["sft", "alignment", "lora"], WAITS: ["sft", "alignment", "lora"]},
        ),
        Row(
            ["alignment", "quantization", "lora", "pretraining", "sft"],
            ["pretraining", "quantization", "lora", "sft", "alignment"],
            {
                DEPTH: ["pretraining", "sft", "alignment", "quantization", "lora"],
                BY_LIST: ["pretraining", "sft", "alignment", "lora", "quantization"],
                WAITS: ["pretraining", "quantization", "sft", "alignment", "lora"],
            },
        ),
        Row(["sft", "pretraining", "sft"], ["pretraining", "sft"], {TWICE: ["pretraining", "sft", "sft"]}),
        Row(
            ["quantization", "embeddings", "lora", "embeddings"],
            ["embeddings", "quantization", "lora"],
            {
                BY_LIST: ["embeddings", "lora", "quantization"],
                TWICE: ["embeddings", "embeddings", "quantization", "lora"],
            },
        ),
        Row(rng.permutation(["pretraining", unknown]), unknown=unknown),
        Row(["Lora", "sft"], unknown="Lora", called="order_stages with a name in other letters"),
    ]
    expect_rows(rng, student.order_stages, rows, "The order of a few stages", unknown=UNKNOWN)

"""Checks of `missing_prerequisites`."""

from pipeline_oracles import KEPT, STAGES, Row, expect_rows, made_up_word, missing_of_a_generator

from autograder.checks import exercise, fail

WHAT = "The list of missing stages"
TO_PRETRAINING = STAGES[:4]
GRANTED = "It takes what a given stage builds on for granted."
DIRECT = "It looks at direct needs only; what a stage needs has needs of its own."
CHAIN = "It takes the pipeline for a chain; a stage doesn't need everything that stands before it in the list."
UNKNOWN = (
    "missing_prerequisites with a stage that doesn't exist",
    "The error doesn't name the stage that doesn't exist.",
)


@exercise("missing_prerequisites", points=2)
def test_missing_prerequisites_docstring_examples(student, rng):
    early, _, again = (student.missing_prerequisites([stage]) for stage in ("embeddings", "alignment", "embeddings"))
    if early != again:
        fail(KEPT, expected=early, got=again)
    rows = [
        Row(
            ["alignment", "pretraining"],
            ["tokenization", "embeddings", "transformer", "sft"],
            {
                DIRECT: ["transformer", "sft"],
                GRANTED: ["sft"],
                "It counts given stages as missing.": [*TO_PRETRAINING, "sft"],
                "The missing stages come in the wrong order.": ["sft", "transformer", "embeddings", "tokenization"],
                "A stage that is missing for two others is listed twice.": [
                    *("tokenization", "tokenization", "embeddings", "embeddings", "transformer", "transformer", "sft"),
                ],
            },
        ),
        Row(
            rng.permutation([*TO_PRETRAINING, "quantization"]),
            [],
            {"It counts given stages as missing.": STAGES[:4], CHAIN: list(STAGES[4:7])},
        ),
        Row(["sft"], list(TO_PRETRAINING), {DIRECT: ["pretraining"]}),
        Row(["alignment"], [*TO_PRETRAINING, "sft"], {DIRECT: ["sft"]}),
        Row(rng.permutation(["transformer", "embeddings"]), ["tokenization"], {GRANTED: []}),
        Row(rng.permutation(["sft", "transformer"]), ["tokenization", "embeddings", "pretraining"]),
        Row(rng.permutation(["tokenization", "transformer"]), ["embeddings"]),
        Row([], [], {"Without any stage nothing is missing.": list(STAGES)}),
    ]
    expect_rows(
        rng, student.missing_prerequisites, rows, WHAT, advice="The order of STAGES is the order to give them in."
    )


@exercise("missing_prerequisites")
def test_adapters_and_bits_for_any_trained_model(student, rng):
    adapter = "LoRA adapts any trained model, a base model too: it doesn't need alignment."
    both = "LoRA and quantization take any trained model, a base model too: they don't need alignment."
    after_sft = "LoRA adapts any trained model, a base model too: it doesn't need SFT."
    quantized = "Any trained model can be quantized: it needs no adapter."
    aligned = ["sft", "alignment"]
    rows = [
        Row(
            ["quantization"],
            list(TO_PRETRAINING),
            {both: list(STAGES[:6]), quantized: [*TO_PRETRAINING, "lora"], CHAIN: list(STAGES[:7])},
        ),
        Row(["lora"], list(TO_PRETRAINING), {adapter: list(STAGES[:6]), after_sft: list(STAGES[:5])}),
        Row(rng.permutation([*TO_PRETRAINING, "lora", "quantization"]), [], {adapter: aligned, after_sft: ["sft"]}),
        Row(
            rng.permutation(["lora", "pretraining", "tokenization"]),
            ["embeddings", "transformer"],
            {GRANTED: [], adapter: ["embeddings", "transformer", *aligned]},
        ),
        Row(rng.permutation(["quantization", "alignment", *TO_PRETRAINING[1:]]), ["tokenization", "sft"]),
        Row(rng.permutation([*TO_PRETRAINING[:3], "lora"]), ["pretraining"]),
    ]
    expect_rows(rng, student.missing_prerequisites, rows, WHAT)


@exercise("missing_prerequisites")
def test_an_unknown_stage_is_an_error(student, rng):
    names = [made_up_word(rng) for _ in range(2)] + ["raw_text"]
    rows = [Row(rng.permutation(["pretraining", name]), unknown=name) for name in names]
    rows += [Row([name], unknown=name) for name in names[1:]]
    rows.append(Row(["SFT"], unknown="SFT", called="missing_prerequisites with a name in other letters"))
    rows += [Row(["pretraining"], list(STAGES[:3])), Row(["embeddings"], ["tokenization"])]
    expect_rows(rng, student.missing_prerequisites, rows, WHAT, unknown=UNKNOWN)


@exercise("missing_prerequisites")
def test_any_iterable_of_stages(student, rng):
    twice = "The stages are read twice, but a generator gives them once."
    rows = [
        Row(
            rng.permutation(["alignment", "embeddings"]),
            ["tokenization", "transformer", "pretraining", "sft"],
            {twice: [], GRANTED: ["transformer", "pretraining", "sft"]},
        ),
        Row(["transformer"], ["tokenization", "embeddings"], {twice: []}),
        Row(rng.permutation(["sft", "tokenization"]), ["embeddings", "transformer", "pretraining"], {twice: []}),
        Row(rng.permutation(["pretraining", "transformer"]), ["tokenization", "embeddings"], {twice: [], GRANTED: []}),
    ]
    expect_rows(
        rng,
        lambda stages: student.run(missing_of_a_generator, stages),
        rows,
        "The list of missing stages for stages from a generator",
    )

"""Checks of `PIPELINE`. What its entries are is asked for in drawn order."""

import pytest
from pipeline_oracles import STAGES, WRONG_ADDS, entries, said_of

from autograder.checks import exercise, expect_equal, fail, probe

GRAPH = {
    "tokenization": (),
    "embeddings": ("tokenization",),
    "transformer": ("embeddings",),
    "pretraining": ("transformer",),
    "sft": ("pretraining",),
    "alignment": ("sft",),
    "lora": ("pretraining",),
    "quantization": ("pretraining",),
}


@probe
def stages_among(student, names):
    """Which of these are keys of PIPELINE, in this order, and after them the keys that are none of these."""
    table = dict.fromkeys(student.PIPELINE)
    return [name for name in names if name in table] + [key for key in table if key not in names]


@exercise("PIPELINE")
def test_the_graph_is_as_it_was_given(student, rng):
    found = entries(student, rng, STAGES, ["depends_on"])
    graph = {stage: found[stage, "depends_on"] for stage in STAGES}
    if graph["lora"] not in (None, GRAPH["lora"], list(GRAPH["lora"])):
        fail("LoRA adapts any trained model, a base model too; the graph says so and is to be left as it is.")
    if graph["alignment"] not in (None, GRAPH["alignment"], list(GRAPH["alignment"])):
        fail("Alignment refines replies, so it needs SFT; the graph says so and is to be left as it is.")
    advice = "depends_on is given: only adds and cannot_provide are yours."
    expect_equal(graph, GRAPH, what="The graph of PIPELINE", advice=advice)
    names = rng.permutation(STAGES)
    expect_equal(
        student.run(stages_among, names),
        names,
        what="What PIPELINE has entries for",
        mistakes={"Raw text is what the pipeline starts from, not a stage of it.": [*names, "raw_text"]},
        advice=advice,
    )


# What is asked for exactly here; the other stages are looked at when the lesson is graded.
PRETRAINING = {
    "adds": (
        "knowledge",
        "Pretraining is where knowledge comes from: the language and the facts enter the weights there.",
    ),
    "cannot_provide": (
        "no_replies",
        "A base model knows and doesn't answer: it goes on with whatever text it is given.",
    ),
}


@exercise("PIPELINE", points=2)
@pytest.mark.parametrize("part", PRETRAINING)
def test_every_entry_is_used_once(student, rng, part):
    found = entries(student, rng, STAGES, [part], times=2)
    told = {stage: found[stage, part] for stage in STAGES}
    if None in told.values():
        fail(f"A stage has no {part} yet.", advice="Every stage of PIPELINE gets one.")
    for stage, entry in told.items():
        if part == "adds" and (sentence := said_of(WRONG_ADDS, stage, entry)):
            fail(sentence, got=f"{stage}: {entry}")
    expected, sentence = PRETRAINING[part]
    if told["pretraining"] != expected:
        fail(sentence, expected=expected, got=told["pretraining"])
    given = list(told.values())
    if any(entry in given[:index] for index, entry in enumerate(given)):
        fail(f"Two stages have the same {part}; each belongs to one stage.", got=given)

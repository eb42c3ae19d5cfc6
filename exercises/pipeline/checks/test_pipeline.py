"""Checks of `PIPELINE`."""

import pytest
from pipeline_oracles import table_of

from autograder.checks import exercise, expect_equal, fail

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


@exercise("PIPELINE")
def test_the_graph_is_as_it_was_given(student):
    table = table_of(student)
    graph = {stage: entry.get("depends_on") for stage, entry in table.items()}
    graph = {stage: needs if needs is None else tuple(needs) for stage, needs in graph.items()}
    if graph.get("lora") not in (None, GRAPH["lora"]):
        fail("LoRA adapts any trained model, a base model too; the graph says so and is to be left as it is.")
    if graph.get("alignment") not in (None, GRAPH["alignment"]):
        fail("Alignment refines replies, so it needs SFT; the graph says so and is to be left as it is.")
    expect_equal(
        graph,
        GRAPH,
        what="The graph of PIPELINE",
        mistakes={"Raw text is what the pipeline starts from, not a stage of it.": lambda: {"raw_text": (), **GRAPH}},
        advice="depends_on is given: only adds and cannot_provide are yours.",
    )


@exercise("PIPELINE")
@pytest.mark.parametrize("part", ["adds", "cannot_provide"])
def test_every_entry_is_used_once(student, part):
    entries = [entry.get(part) for entry in table_of(student).values()]
    if None in entries:
        fail(f"A stage has no {part} yet.", advice="Every stage of PIPELINE gets one.")
    if len(set(entries)) < len(entries):
        fail(f"Two stages have the same {part}; each belongs to one stage.", got=sorted(entries))


@exercise("PIPELINE")
def test_what_pretraining_adds(student):
    entry = table_of(student).get("pretraining", {})
    if entry.get("adds") != "knowledge":
        fail(
            "Pretraining is where knowledge comes from: the language and the facts enter the weights there.",
            expected="knowledge",
            got=entry.get("adds"),
        )
    if entry.get("cannot_provide") != "no_replies":
        fail(
            "A base model knows and doesn't answer: it goes on with whatever text it is given.",
            expected="no_replies",
            got=entry.get("cannot_provide"),
        )

"""Checks of `explain_failure`."""

import pytest
from pipeline_oracles import expect_explained, expect_named

from autograder.checks import exercise

EXPLAINED = {
    "continues_the_question": (
        "sft",
        "continues_documents",
        "A base model goes on with documents; nothing has shown it yet that a question is followed by an answer.",
    ),
    "needs_80_gb_to_answer": (
        "quantization",
        "too_many_bits",
        "Nothing has to be trained here: the weights are stored in more bits than an answer needs.",
    ),
    "never_stops": (
        "sft",
        "end_not_supervised",
        "A model learns to stop where the end token is among what it is trained on.",
    ),
}


MIXED_UP = {
    ("needs_80_gb_to_answer", "lora"): "LoRA makes training cheap; answering with its model takes what it took before.",
    ("never_stops", "alignment"): "Where an answer ends belongs to its form, and form is taught by demonstrations.",
}


@exercise("explain_failure")
@pytest.mark.parametrize("symptom", EXPLAINED)
def test_a_symptom(student, symptom):
    expect_explained(student, symptom, EXPLAINED, MIXED_UP)


@exercise("explain_failure")
def test_an_unknown_symptom_is_an_error(student):
    what = "explain_failure with a symptom that isn't in the list"
    with expect_named("The error doesn't name the symptom that isn't in the list.", "is_too_good", what):
        student.explain_failure("is_too_good")
    student.explain_failure("never_stops")

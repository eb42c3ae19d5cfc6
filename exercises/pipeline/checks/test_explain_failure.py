"""Checks of `explain_failure`."""

import pytest
from pipeline_oracles import MIXED_UP, STAGES, expect_explained, expect_named

from autograder.checks import exercise, fail, probe

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


# A symptom, a cause that is often taken for its own, and why it is another.
WRONG_CAUSES = {
    (
        "only_exclamation_marks",
        "imitates_its_examples",
    ): "A reward model can be deceived; only a penalty for leaving the reference keeps a policy from doing so.",
    ("agrees_with_anything", "no_signal_of_quality"): "It learned what it was rewarded for: raters liked agreement, so "
    "agreement is what they got.",
    (
        "refuses_harmless_requests",
        "no_signal_of_quality",
    ): "More of it is not always better: pressed for safety too hard, a model refuses whatever looks dangerous.",
    (
        "one_weight_spoils_all",
        "too_few_bits",
    ): "The scale is set by the largest weight: where one is far larger than the rest, the rest is rounded to zero.",
}


@probe
def explain_all(student):
    return {symptom: student.explain_failure(symptom) for symptom in student.SYMPTOMS}


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


@exercise("explain_failure")
def test_what_is_often_mixed_up(student):
    found = student.run(explain_all)
    for symptom, result in found.items():
        if not isinstance(result, dict) or result.keys() != {"stage", "cause"}:
            fail("explain_failure must return a dict with stage and cause.", got=result)
        if reason := MIXED_UP.get((symptom, result["stage"])) or WRONG_CAUSES.get((symptom, result["cause"])):
            fail(reason, got=f"{symptom}: {result}")
    stages = {}
    for result in found.values():
        stages.setdefault(result["cause"], set()).add(result["stage"])
    if any(not found <= set(STAGES) or len(found) > 1 for found in stages.values()):
        fail("A cause is said of two stages, or of something that is no stage; each belongs to one.", got=stages)
    if len(stages) != 25:
        fail("A cause is never used, and each belongs to a symptom.", expected="25 causes", got=len(stages))

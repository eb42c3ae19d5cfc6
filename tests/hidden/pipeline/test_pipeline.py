"""Hidden checks of `PIPELINE`."""

import pytest
from pipeline_oracles import WRONG_ADDS, entries, said_of

from autograder.checks import exercise, fail

ADDS = {
    "tokenization": ("token_ids", "Tokenization turns text into whole numbers, and that is all it does."),
    "embeddings": ("vectors", "An embedding makes a vector of an id: which token it is, and where it stands."),
    "transformer": ("predictions", "The transformer reads what stands before and scores what comes next."),
    "sft": ("format", "SFT teaches format, not knowledge: that an answer follows, and that it ends."),
    "alignment": ("judgment", "SFT gives a model its voice; alignment gives it judgment."),
    "lora": (
        "specialization",
        "An adapter, well under one percent of the parameters, makes a specialist of a model that is there already.",
    ),
    "quantization": ("accessibility", "Fewer bits change where a model can run, not what it can do."),
}


CANNOT = {
    "tokenization": ("no_nearness", "An id is only a name: ids that lie side by side have nothing in common."),
    "embeddings": ("no_context", "An embedding looks at one token and its position; it never sees the neighbours."),
    "transformer": ("random_weights", "An architecture that was never trained puts out noise."),
    "sft": ("no_quality_signal", "SFT copies demonstrations; nothing in it compares two answers."),
    "alignment": ("no_new_knowledge", "What people prefer is not what is true: alignment brings no new facts."),
    "lora": ("no_radical_change", "What LoRA can't give is a radical change: its update has a low rank."),
    "quantization": ("no_better_answers", "Rounding weights never makes an answer better."),
}


WRONG_CANNOT = {
    (
        "sft",
        "no_replies",
    ): "That answers follow is just what SFT gives; what it lacks is a measure of how good they are.",
    ("alignment", "no_quality_signal"): "A signal of quality is just what alignment gives; knowledge it can't give.",
}


GROUPS = {
    "the_form": ("tokenization", "embeddings", "transformer"),
    "tuning": ("sft", "alignment"),
    "afterwards": ("lora", "quantization"),
}


@exercise("PIPELINE", points=4)
@pytest.mark.parametrize("group", GROUPS)
def test_what_a_stage_adds_and_cannot_provide(student, rng, group):
    found = entries(student, rng, GROUPS[group], ("adds", "cannot_provide"), times=2)
    for part, rights, mistakes in (("adds", ADDS, WRONG_ADDS), ("cannot_provide", CANNOT, WRONG_CANNOT)):
        for stage in GROUPS[group]:
            expected, reason = rights[stage]
            if (result := found[stage, part]) != expected:
                fail(said_of(mistakes, stage, result) or reason, expected=f"{stage}: {expected}", got=result)

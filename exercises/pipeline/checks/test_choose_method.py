"""Checks of `choose_method`."""

import pytest
from pipeline_oracles import expect_named

from autograder.checks import exercise, fail


def need(task, behaviour, start, data, parameters, memory_gb):
    """What choose_method is asked."""
    return {
        "task": task,
        "behaviour": behaviour,
        "start": start,
        "data": data,
        "parameters": parameters,
        "memory_gb": memory_gb,
    }


SEVEN = 7_000_000_000


TICKETS = need("classify", "form", "base", ("labels",), SEVEN, 24.0)


CHATBOT = need("assist", "judgment", "base", ("demonstrations", "preferences"), SEVEN, 640.0)


HOUSE = need("assist", "style", "instruct", ("demonstrations",), SEVEN, 8.0)


@exercise("choose_method")
@pytest.mark.parametrize(
    ("asked", "method", "reason", "sentence"),
    [
        (
            TICKETS,
            "classification_head",
            "features_suffice",
            "To put texts into classes, a head on the frozen model is enough: it is a feature extractor already.",
        ),
        (
            CHATBOT,
            "sft_and_alignment",
            "nothing_to_judge_yet",
            "A base model gives no replies that could be judged: first SFT, then alignment.",
        ),
        (
            {**CHATBOT, "memory_gb": 24.0},
            "lora",
            "only_the_weights_fit",
            "Where training all weights doesn't fit into memory and the weights do, an adapter takes its place.",
        ),
        (
            HOUSE,
            "qlora",
            "only_4_bits_fit",
            "Weights that don't fit in 16 bits fit in 4, and the adapter is trained beside them.",
        ),
    ],
    ids=["tickets", "chatbot", "chatbot_on_24_gb", "house_style"],
)
def test_choose_method_docstring_example(student, asked, method, reason, sentence):
    got = student.choose_method(asked)
    if not isinstance(got, dict) or got.keys() != {"method", "reason"}:
        fail("choose_method must return a dict with method and reason.", got=got)
    if got != {"method": method, "reason": reason}:
        fail(sentence, expected={"method": method, "reason": reason}, got=got)


@exercise("choose_method")
def test_an_unknown_need_is_an_error(student):
    for part, value in (("task", "juggle"), ("behaviour", "nicer"), ("start", "scratch"), ("data", "photographs")):
        asked = {**CHATBOT, part: (*CHATBOT["data"], value) if part == "data" else value}
        with expect_named(
            "The error doesn't name what isn't in the lists.", value, f"choose_method with an unknown {part}"
        ):
            student.choose_method(asked)
    student.choose_method(CHATBOT)

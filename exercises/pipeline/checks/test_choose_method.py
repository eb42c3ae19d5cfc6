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


# Bytes of memory for each parameter, what is asked, what is right, and what known mistakes say instead.
SIMPLE = (
    (1, ("assist", "as_is", "base", ()), "none", {"get_data": "What is there already needs no data."}),
    (
        20,
        ("assist", "form", "base", ("demonstrations", "labels")),
        "sft",
        {"get_data": "The data that the method takes is there; what else there is does no harm."},
    ),
    (12, ("assist", "form", "base", ("demonstrations",)), "sft", {"lora": "What just fits, fits."}),
    (
        11.5,
        ("assist", "form", "base", ("demonstrations",)),
        "lora",
        {"sft": "memory_gb counts 10**9 bytes; it is taken for GiB."},
    ),
    (
        4,
        ("assist", "new_language", "base", ("plain_text",)),
        "smaller_model",
        {"lora": "An adapter can't hold a new language: where all weights can't be trained, the model is too large."},
    ),
    (
        13,
        ("assist", "judgment", "instruct", ("preferences",)),
        "lora",
        {
            "alignment": "Alignment keeps a frozen reference beside the model that it trains, which takes 2 "
            "bytes more.",
            "sft_and_alignment": "An instruct model has been through SFT; it is not to be done again.",
        },
    ),
    (
        20,
        ("assist", "judgment", "instruct", ("preferences",)),
        "alignment",
        {"sft_and_alignment": "An instruct model has been through SFT; it is not to be done again."},
    ),
    (
        20,
        ("assist", "style", "base", ("demonstrations",)),
        "lora",
        {"sft": "A style is a refinement: an adapter does it, and all weights need not move."},
    ),
)


@exercise("choose_method")
def test_simple_needs(student, rng):
    billions = rng.choice([1, 3, 8])
    for bytes_each, asked, method, mistakes in SIMPLE:
        question = need(*asked, billions * 10**9, float(bytes_each * billions))
        got = student.choose_method(question)
        if not isinstance(got, dict) or got.keys() != {"method", "reason"}:
            fail("choose_method must return a dict with method and reason.", got=got)
        if got["method"] != method:
            sentence = mistakes.get(got["method"], "A simple need is answered with another method than the rules give.")
            fail(sentence, expected=f"{question}: {method}", got=got)

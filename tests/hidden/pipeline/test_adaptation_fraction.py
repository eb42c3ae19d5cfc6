"""Hidden checks of `adaptation_fraction`."""

import pytest
from pipeline_oracles import expect_only_counted, fraction_of, gpt2_parameters

from autograder.checks import StudentError, exercise, expect_close, fail


def shape_of(rng):
    width = rng.choice([12, 18, 24])
    return {"width": width, "heads": 3, "layers": rng.choice([1, 2]), "vocabulary": rng.choice([29, 41])}


def parameters_of(settings):
    return gpt2_parameters(settings["width"], settings["layers"], settings["vocabulary"], positions=32)


@exercise("adaptation_fraction")
@pytest.mark.parametrize("method", ["classification_head", "lora", "sft", "full_finetuning"])
def test_what_is_frozen_now_does_not_matter(student, rng, method):
    settings = shape_of(rng)
    total, width, layers = parameters_of(settings), settings["width"], settings["layers"]
    trained = {"classification_head": 4 * (width + 1), "lora": layers * 3 * 4 * width}.get(method, total)
    got = [student.run(fraction_of, settings, method, 4, 3, frozen, False) for frozen in (False, True)]
    values = expect_only_counted(got)
    expect_close(
        values[0],
        trained / total,
        what="adaptation_fraction",
        rtol=1e-6,
        atol=0.0,
        mistakes={
            "The number of classes is not used.": 2 * (width + 1) / total,
            "The rank is not used.": layers * 8 * 4 * width / total,
            "A width of 768 is built in.": 4 * 769 / total,
            "Twelve blocks are built in.": 12 * 3 * 4 * width / total,
            "Adapters are counted beside attn.c_proj too.": layers * 3 * (4 + 2) * width / total,
        },
    )


@exercise("adaptation_fraction")
def test_a_model_without_its_output_layer(student, rng):
    settings = shape_of(rng)
    total, width = parameters_of(settings), settings["width"]
    methods = ("lora", "classification_head")
    try:
        got = [student.run(fraction_of, settings, method, 2, 2, False, True)[0] for method in methods]
    except StudentError as error:
        fail("It rejects a GPT2Model, which has no output layer.", got=str(error))
    expect_close(
        got,
        [settings["layers"] * 2 * 4 * width / total, 2 * (width + 1) / total],
        what="adaptation_fraction of a GPT2Model",
        rtol=1e-6,
        atol=0.0,
    )

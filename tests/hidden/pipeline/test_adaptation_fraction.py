"""Hidden checks of `adaptation_fraction`."""

import pytest
import torch
from pipeline_oracles import gpt2_parameters

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, fail, probe


@probe
def fraction_of(student, settings, method, classes, r, frozen, bare):
    model = builders.tiny_gpt2(5, **settings)
    model = model.transformer if bare else model
    for index, parameter in enumerate(model.parameters()):
        if frozen and index % 3:
            parameter.requires_grad_(False)
        parameter.grad = torch.full_like(parameter, index + 1.0)
    for index, module in enumerate(model.modules()):
        module.training = (index % 2 == 0) == frozen  # both modes in one model, and each at its top once

    def state():
        flags = [(name, parameter.requires_grad) for name, parameter in model.named_parameters()]
        modes = [(name, module.training) for name, module in model.named_modules()]
        tensors = [tensor for parameter in model.parameters() for tensor in (parameter.detach(), parameter.grad)]
        return flags, modes, [tensor.clone() for tensor in tensors if tensor is not None]

    before = state()
    value = student.adaptation_fraction(model, method, classes, r)
    after = state()
    same = before[:2] == after[:2] and len(before[2]) == len(after[2])
    return value, same and all(torch.equal(*pair) for pair in zip(before[2], after[2], strict=True))


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
    if not all(same for _, same in got):
        fail("It changes the model that it only has to count.")
    values = [value for value, _ in got]
    if values[0] != values[1]:
        fail("It counts what is frozen at the moment; a method decides itself what it trains.", got=values)
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

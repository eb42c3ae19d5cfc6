"""Checks of `param_groups`."""

import torch
from classification_oracles import BY_PART_OF_NAME, HEAD
from torch import nn

from autograder.checks import AnyOf, exercise, expect_close, expect_equal, fail, probe

ZERO_RATE = "A rate of 0 is taken for none at all; it is a rate like any other."
BODY = ["backbone.0.weight", "backbone.1.bias", "backbone.1.weight"]
NORM = ["backbone.2.bias", "backbone.2.weight"]


@probe
def rates(student, freezing, head_lr, backbone_lr, gradient, more=False):
    """{name: rates} of a small model's parameters in the groups, after freezing those whose names start so.

    And what making the groups did to flags, modes and a gradient. With `more`, a parameter stands outside of head and
    backbone, and one tensor is used in two places.
    """
    model = nn.Module()
    model.backbone = nn.Sequential(nn.Embedding(5, 4), nn.Linear(4, 4), nn.LayerNorm(4))
    model.classifier = nn.Linear(4, 2)
    if more:
        model.classifier_prompt = nn.Parameter(torch.zeros(2))
        model.copy = nn.Embedding(5, 4)
        model.copy.weight = model.backbone[0].weight
    for name, tensor in model.named_parameters():
        tensor.requires_grad_(not name.startswith(tuple(freezing)))
    model.backbone.eval()  # the head is in train mode
    model.classifier.bias.grad = gradient.clone()

    def state():
        return [part.training for part in model.modules()], [tensor.requires_grad for tensor in model.parameters()]

    before = state()
    names = {id(tensor): name for name, tensor in model.named_parameters()}
    found = {}
    for group in student.param_groups(model, head_lr, backbone_lr):
        for tensor in group["params"]:
            found.setdefault(names.get(id(tensor), "another tensor"), []).append(group.get("lr"))
    changed = [one != other for one, other in zip(before, state(), strict=True)]
    return {"rates": found, "modes": changed[0], "flags": changed[1], "gradient": model.classifier.bias.grad}


def at(rate, names):
    """{name: [rate]} for each name."""
    return {name: [rate] for name in names}


def expect_groups(result, expected, head_lr, backbone_lr, frozen, what):
    """Compare {name: rates} and say which mistake it is; `frozen` are the names of the frozen parameters."""
    everything = {name: [head_lr if name in HEAD else backbone_lr] for name in [*expected, *frozen]}
    expect_close(
        result,
        expected,
        what=what,
        rtol=1e-9,
        atol=0.0,
        mistakes={
            "Frozen parameters are in the groups too.": everything,
            "Everything gets the head's rate.": at(head_lr, expected),
            "Everything gets the backbone's rate.": at(backbone_lr, expected),
            "Everything gets the head's rate, and frozen parameters are there too.": at(head_lr, everything),
            "The two rates are swapped.": {name: [backbone_lr if name in HEAD else head_lr] for name in expected},
            "The head is in no group.": {name: rate for name, rate in expected.items() if name not in HEAD},
            "The backbone's trainable parameters are in no group.": at(head_lr, HEAD),
            "The head is in two groups.": {
                name: rate + [backbone_lr] if name in HEAD else rate for name, rate in expected.items()
            },
            "The groups have no rate of their own.": at(None, expected),
        },
        advice="One group for the trainable parameters of model.classifier, one for the other trainable ones.",
    )


def expect_model_kept(result, gradient):
    """Making the groups has changed no mode, no flag, and not the gradient of the head's bias."""
    if result["modes"]:
        fail("Making the groups switches modules between train and eval mode.")
    if result["flags"]:
        fail("Making the groups changes what is trainable.")
    expect_equal(
        result["gradient"],
        gradient,
        what="A gradient that was there before the groups were made",
        mistakes={"Making the groups clears gradients; the model must stay as it is.": AnyOf(None, torch.zeros(2))},
    )


@exercise("param_groups")
def test_head_and_backbone_learn_at_their_own_rates(student, rng):
    head_lr, backbone_lr = 1e-3 * rng.randint(1, 9), 1e-5 * rng.randint(1, 9)
    gradient = rng.randn(2)
    result = student.run(rates, ["backbone.0", "backbone.1"], head_lr, backbone_lr, gradient)
    expected = {**at(head_lr, HEAD), **at(backbone_lr, NORM)}
    expect_groups(result["rates"], expected, head_lr, backbone_lr, BODY, "The rate of every parameter")
    expect_model_kept(result, gradient)
    for head, backbone in rng.permutation([(head_lr, 0.0), (0.0, backbone_lr)]):
        result = student.run(rates, ["backbone.0", "backbone.1"], head, backbone, gradient)
        expect_model_kept(result, gradient)
        expect_close(
            result["rates"],
            {**at(head, HEAD), **at(backbone, NORM)},
            what="The rate of every parameter where one of the two is 0",
            rtol=1e-9,
            atol=0.0,
            mistakes={ZERO_RATE: AnyOf(at(head or backbone, [*HEAD, *NORM]), {**at(head, HEAD), **at(None, NORM)})},
        )


@exercise("param_groups")
def test_nothing_frozen_is_in_a_group(student, rng):
    head_lr, backbone_lr = 1e-3 * rng.randint(1, 9), 1e-5 * rng.randint(1, 9)
    gradient = rng.randn(2)
    result = student.run(rates, ["backbone"], head_lr, backbone_lr, gradient)
    what = "The rate of every parameter under a frozen backbone"
    expect_groups(result["rates"], at(head_lr, HEAD), head_lr, backbone_lr, [*NORM, *BODY], what)
    expect_model_kept(result, gradient)


@exercise("param_groups")
def test_every_trainable_parameter_once(student, rng):
    head_lr, backbone_lr = 1e-3 * rng.randint(1, 9), 1e-5 * rng.randint(1, 9)
    gradient = rng.randn(2)
    result = student.run(rates, ["classifier."], head_lr, backbone_lr, gradient, True)
    expected = at(backbone_lr, ["classifier_prompt", *BODY, *NORM])
    expect_close(
        result["rates"],
        expected,
        what="The rate of every parameter under a frozen head",
        rtol=1e-9,
        atol=0.0,
        mistakes={
            "A frozen head is in the groups.": {**expected, **at(head_lr, HEAD)},
            "Frozen parameters are in the groups too.": {**expected, **at(head_lr, HEAD)},
            "A parameter that is in neither the head nor the backbone is in no group.": at(backbone_lr, BODY + NORM),
            BY_PART_OF_NAME: {**expected, "classifier_prompt": [head_lr]},
            "torch's optimizer rejects the groups: a parameter is in them more than once.": {
                **expected,
                "backbone.0.weight": [backbone_lr, backbone_lr],
            },
            "The backbone's trainable parameters are in no group.": {},
            "Everything gets the head's rate.": at(head_lr, expected),
            "The two rates are swapped.": at(head_lr, expected),
            "The groups have no rate of their own.": at(None, expected),
        },
        advice="Every trainable parameter of the model that is not in model.classifier, each once.",
    )
    expect_model_kept(result, gradient)

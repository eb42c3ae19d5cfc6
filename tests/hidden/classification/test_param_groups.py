"""Hidden checks of `param_groups`."""

import torch
from classification_oracles import BY_PART_OF_NAME, TOL_FP32
from torch import nn

from autograder.checks import exercise, expect_close, fail, probe


@probe
def steps_of_groups(student, head_lr, backbone_lr, freezing):
    """How far one SGD step with the groups moves each parameter when every gradient is 1."""
    import warnings

    model = nn.Module()
    model.classifier = nn.Linear(3, 2)  # before the backbone this time
    model.backbone = nn.ModuleDict({"wte": nn.Embedding(6, 3), "ln_f": nn.LayerNorm(3), "copy": nn.Embedding(6, 3)})
    model.backbone["copy"].weight = model.backbone["wte"].weight  # one tensor in two places
    model.classifier_prompt = nn.Parameter(torch.zeros(2))  # in neither
    for name, tensor in model.named_parameters():
        tensor.requires_grad_(not name.startswith(tuple(freezing)))
    before = {name: tensor.detach().clone() for name, tensor in model.named_parameters()}
    groups = student.param_groups(model, head_lr, backbone_lr)
    if not any(len(list(group["params"])) for group in groups):
        return {"none": True}
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # torch warns of a parameter that is in a group twice
        try:
            optimizer = torch.optim.SGD(groups, lr=100.0)
        except (ValueError, UserWarning) as error:
            return {"rejected": str(error)}
    for tensor in model.parameters():
        tensor.grad = torch.ones_like(tensor)
    optimizer.step()
    return {name: (before[name] - tensor).mean().item() for name, tensor in model.named_parameters()}


@exercise("param_groups")
def test_an_optimizer_takes_the_groups(student, rng):
    head_lr, backbone_lr = 0.5 + 0.5 * rng.rand().item(), 0.1 + 0.3 * rng.rand().item()
    result = student.run(steps_of_groups, head_lr, backbone_lr, ["backbone.ln_f.bias"])
    if "rejected" in result:
        fail("torch's optimizer rejects the groups: a parameter is in them more than once.")
    expected = {
        "classifier.weight": head_lr,
        "classifier.bias": head_lr,
        "backbone.wte.weight": backbone_lr,
        "backbone.ln_f.weight": backbone_lr,
        "backbone.ln_f.bias": 0.0,
        "classifier_prompt": backbone_lr,
    }
    expect_close(
        result,
        expected,
        what="How far a step with the groups moves every parameter",
        mistakes={
            "The two rates are swapped.": {
                name: rate and head_lr + backbone_lr - rate for name, rate in expected.items()
            },
            "Frozen parameters are in the groups too.": {name: rate or backbone_lr for name, rate in expected.items()},
            "A parameter that is in neither the head nor the backbone is in no group.": {
                **expected,
                "classifier_prompt": 0.0,
            },
            BY_PART_OF_NAME: {**expected, "classifier_prompt": head_lr},
            "Everything gets the backbone's rate.": {name: rate and backbone_lr for name, rate in expected.items()},
            "The head is found by its position in the model, not by model.classifier.": {
                name: backbone_lr if "classifier" in name else rate for name, rate in expected.items()
            },
        },
        **TOL_FP32,
    )


@exercise("param_groups")
def test_a_frozen_head_is_in_no_group(student, rng):
    head_lr, backbone_lr = 1 + rng.rand().item(), 0.1 + 0.8 * rng.rand().item()
    result = student.run(steps_of_groups, head_lr, backbone_lr, ["classifier.", "backbone.ln_f.bias"])
    if result.get("none") or "rejected" in result:
        fail("Of a model with a frozen head the backbone must be in the groups.")
    moved = ["backbone.wte.weight", "backbone.ln_f.weight", "classifier_prompt"]
    frozen = ["classifier.weight", "classifier.bias", "backbone.ln_f.bias"]
    expected = {**dict.fromkeys(moved, backbone_lr), **dict.fromkeys(frozen, 0.0)}
    with_head = dict.fromkeys(frozen[:2], head_lr)
    expect_close(
        result,
        expected,
        what="How far a step moves every parameter under a frozen head",
        mistakes={
            "A frozen head is in the groups.": {**expected, **with_head},
            "Frozen parameters are in the groups too.": {**expected, **with_head, frozen[2]: backbone_lr},
            "A parameter that is in neither the head nor the backbone is in no group.": {
                **expected,
                "classifier_prompt": 0.0,
            },
            "The backbone's trainable parameters are in no group.": dict.fromkeys(expected, 0.0),
        },
        **TOL_FP32,
    )

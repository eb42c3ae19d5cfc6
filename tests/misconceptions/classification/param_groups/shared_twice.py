"""torch's optimizer rejects the groups: a parameter is in them more than once."""

_right = param_groups


def param_groups(model, head_lr, backbone_lr):
    found = [(name, p) for name, p in model.named_parameters(remove_duplicate=False) if p.requires_grad]
    return [
        {"params": [p for name, p in found if name.startswith("classifier.")], "lr": head_lr},
        {"params": [p for name, p in found if not name.startswith("classifier.")], "lr": backbone_lr},
    ]

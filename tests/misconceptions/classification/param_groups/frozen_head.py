"""A frozen head is in the groups."""

_right = param_groups


def param_groups(model, head_lr, backbone_lr):
    head, rest = _right(model, head_lr, backbone_lr)
    return [{"params": list(model.classifier.parameters()), "lr": head_lr}, rest]

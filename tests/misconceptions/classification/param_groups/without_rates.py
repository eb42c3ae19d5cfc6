"""The groups have no rate of their own."""

_right = param_groups


def param_groups(model, head_lr, backbone_lr):
    return [{"params": group["params"]} for group in _right(model, head_lr, backbone_lr)]

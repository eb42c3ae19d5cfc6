"""The head is in no group."""

_right = param_groups


def param_groups(model, head_lr, backbone_lr):
    return _right(model, head_lr, backbone_lr)[1:]

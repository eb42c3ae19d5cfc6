"""Everything gets the head's rate."""

_right = param_groups


def param_groups(model, head_lr, backbone_lr):
    return _right(model, head_lr, head_lr)

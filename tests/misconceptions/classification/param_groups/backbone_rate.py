"""Everything gets the backbone's rate."""

_right = param_groups


def param_groups(model, head_lr, backbone_lr):
    return _right(model, backbone_lr, backbone_lr)

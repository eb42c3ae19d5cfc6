"""Everything gets the backbone's rate."""

exercise = "param_groups"
_right = param_groups


def param_groups(model, head_lr, backbone_lr):
    return _right(model, backbone_lr, backbone_lr)

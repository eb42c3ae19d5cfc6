"""Making the groups switches modules between train and eval mode."""

_right = param_groups


def param_groups(model, head_lr, backbone_lr):
    return _right(model.train(), head_lr, backbone_lr)

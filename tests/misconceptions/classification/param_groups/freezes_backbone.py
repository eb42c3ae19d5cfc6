"""Making the groups changes what is trainable."""

_right = param_groups


def param_groups(model, head_lr, backbone_lr):
    groups = _right(model, head_lr, backbone_lr)
    freeze(model.backbone)
    return groups

"""A strategy with a negative number of blocks is accepted without an error."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    if strategy.startswith("last--"):
        strategy = "last-" + str(len(model.backbone.h) - 1)  # as blocks[-n:] with n = -1
    return _right(model, strategy, head_lr, backbone_lr)

"""It switches modules between train and eval mode; what is trained has nothing to do with that."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    optimizer = _right(model, strategy, head_lr, backbone_lr)
    model.train()
    return optimizer

"""A strategy with a negative number of blocks raises an error, but changes the model first."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    if strategy.startswith("last--"):
        freeze(model)
        model.classifier.requires_grad_(True)
        unfreeze_last_blocks(model, int(strategy.removeprefix("last-")))
    return _right(model, strategy, head_lr, backbone_lr)

"""A strategy that can't be carried out raises an error, but changes the model first."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    number = strategy.removeprefix("last-")
    if number.isdecimal() and len(model.backbone.h) < int(number) <= model.backbone.config.n_layer:
        freeze(model)
        model.classifier.requires_grad_(True)
        unfreeze_last_blocks(model, int(number))
    return _right(model, strategy, head_lr, backbone_lr)

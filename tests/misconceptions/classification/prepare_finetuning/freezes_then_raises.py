"""An unknown strategy raises an error, but changes the model first."""

also = (
    "A strategy with a negative number of blocks raises an error, but changes the model first.",
    "A strategy that can't be carried out raises an error, but changes the model first.",
)  # it does

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    freeze(model.backbone)
    return _right(model, strategy, head_lr, backbone_lr)

"""Some trainable parameters are in no optimizer: it was made before they were unfrozen."""

also = (
    "A strategy with a negative number of blocks raises an error, but changes the model first.",
    "An unknown strategy raises an error, but changes the model first.",
)  # the first thing that it does is to freeze the backbone

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    _right(model, "frozen", head_lr, backbone_lr)
    optimizer = torch.optim.AdamW(param_groups(model, head_lr, backbone_lr))
    _right(model, strategy, head_lr, backbone_lr)
    return optimizer

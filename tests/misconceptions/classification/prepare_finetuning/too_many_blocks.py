"""A strategy with more blocks than there are is accepted without an error."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    number = strategy.removeprefix("last-")
    if number.isdecimal():
        strategy = f"last-{min(int(number), len(model.backbone.h))}"
    return _right(model, strategy, head_lr, backbone_lr)

"""Only one digit of the number of blocks is read."""

also = (  # it reads the digit only
    "A strategy with a negative number of blocks is accepted without an error.",
    "A number with a sign or a space is taken, as int() takes it; it is digits only.",
)

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    if strategy.startswith("last-") and strategy[-1:].isdecimal() and int(strategy[5:]) <= len(model.backbone.h):
        strategy = f"last-{strategy[-1]}"
    return _right(model, strategy, head_lr, backbone_lr)

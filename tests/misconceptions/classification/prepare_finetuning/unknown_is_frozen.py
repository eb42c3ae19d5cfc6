"""An unknown strategy is accepted without an error."""

also = (
    "A strategy with a negative number of blocks is accepted without an error.",
)  # as any other that it does not know

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    known = strategy in ("frozen", "full") or strategy.startswith("last-") and strategy[5:].isdecimal()
    return _right(model, strategy if known else "frozen", head_lr, backbone_lr)

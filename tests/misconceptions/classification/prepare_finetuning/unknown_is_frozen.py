"""An unknown strategy is accepted without an error."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    known = strategy in ("frozen", "full") or strategy.startswith("last-") and strategy[5:].isdecimal()
    return _right(model, strategy if known else "frozen", head_lr, backbone_lr)

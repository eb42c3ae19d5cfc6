"""A number with a sign or a space is taken, as int() takes it; it is digits only."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    kind, _, number = strategy.partition("-")
    if kind == "last":
        try:
            blocks = int(number)
        except ValueError:
            raise ValueError(f"unknown strategy {strategy!r}: pass 'frozen', 'last-2' or 'full'") from None
        strategy = f"last-{blocks}"
    return _right(model, strategy, head_lr, backbone_lr)

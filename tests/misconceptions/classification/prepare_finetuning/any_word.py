"""Of a strategy with a number only the number is read, whatever word stands before it."""

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    number = strategy.partition("-")[2]
    return _right(model, f"last-{number}" if number else strategy, head_lr, backbone_lr)

"""As many blocks as there are is refused; only more are too many."""

also = ("prepare_finetuning raises for a strategy that it must know.",)

_right = prepare_finetuning


def prepare_finetuning(model, strategy, head_lr, backbone_lr):
    blocks = len(model.backbone.h)
    if strategy == f"last-{blocks}":
        raise ValueError(f"strategy {strategy!r}: the backbone has {blocks} blocks")
    return _right(model, strategy, head_lr, backbone_lr)

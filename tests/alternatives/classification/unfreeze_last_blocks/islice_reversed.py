"""Takes the first n of the reversed blocks with islice; chains the norm's parameters behind them."""

from itertools import chain, islice


def unfreeze_last_blocks(model, n):
    blocks, norm = model.backbone.h, model.backbone.ln_f
    if n < 0 or len(blocks) < n:
        raise ValueError(f"cannot unfreeze {n} of {len(blocks)} blocks")
    chosen = list(islice(reversed(blocks), n))
    for p in chain.from_iterable(m.parameters() for m in (*chosen, norm) if chosen):
        p.requires_grad_()

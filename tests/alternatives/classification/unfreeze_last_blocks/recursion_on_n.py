"""Recursion: the last n blocks are the n-th from the back and the last n - 1."""


def unfreeze_last_blocks(model, n):
    blocks = model.backbone.h
    if not 0 <= n <= len(blocks):
        raise ValueError(f"the backbone has {len(blocks)} blocks, so n goes from 0 to that, not {n}")

    def from_the_back(k):
        if k > 0:
            blocks[-k].requires_grad_()
            from_the_back(k - 1)

    from_the_back(n)
    if n:
        model.backbone.ln_f.requires_grad_()

"""float32 where that is enough, and an early return for what isn't finite."""


def compare_logits(mine, theirs, atol=1e-4):
    if mine.size() != theirs.size():
        raise ValueError(f"{mine.size()} != {theirs.size()}")
    kind = torch.promote_types(torch.promote_types(mine.dtype, theirs.dtype), torch.float32)
    mine, theirs = mine.to(kind), theirs.to(kind)
    fine = torch.isfinite(mine - theirs).all(-1)
    same = torch.eq(mine.max(-1).indices, theirs.max(-1).indices).logical_and(fine)
    found = {"same_argmax": same.float().mean().item()}
    if not fine.all():
        return found | {"max_difference": float("inf"), "mean_difference": float("inf"), "agree": float("inf") <= atol}
    gap = torch.sub(mine, theirs).abs()
    return found | {
        "max_difference": float(gap.max()),
        "mean_difference": float(gap.mean()),
        "agree": bool(gap.max().double() <= atol),
    }

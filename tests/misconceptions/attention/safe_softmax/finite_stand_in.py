"""A row that is -inf throughout gives equal weights; it must give zeros."""

also = ("A finite number stands for -inf; scores may lie below it.",)


def safe_softmax(scores, dim=-1):
    lowest = torch.finfo(scores.dtype).min
    return scores.clamp(min=lowest).softmax(dim=dim)

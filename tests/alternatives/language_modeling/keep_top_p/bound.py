"""The smallest logit that stays, as a bound."""


def keep_top_p(logits, p):
    if not (p >= 0 and p <= 1):
        raise ValueError(f"{p} is no probability")
    if p >= 1:
        return logits + 0
    falling = logits.sort(dim=-1, descending=True).values
    sums = falling.float().softmax(dim=-1).cumsum(dim=-1)
    count = (sums < p).sum(dim=-1, keepdim=True).clamp(max=logits.shape[-1] - 1)
    return logits.masked_fill(logits < falling.gather(-1, count), -torch.inf)

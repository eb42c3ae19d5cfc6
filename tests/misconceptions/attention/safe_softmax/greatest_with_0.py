"""The powers overflow or vanish; take off the greatest score of each row first."""


def safe_softmax(scores, dim=-1):
    greatest = scores.amax(dim=dim, keepdim=True).clamp(min=0)
    powers = (scores - greatest).exp()
    total = powers.sum(dim=dim, keepdim=True)
    return powers / total.masked_fill(total == 0, 1)

"""The powers overflow or vanish; take off the greatest score of each row first."""


def safe_softmax(scores, dim=-1):
    greatest = scores.abs().nan_to_num(posinf=0).amax(dim=dim, keepdim=True)
    powers = (scores - greatest).exp()
    total = powers.sum(dim=dim, keepdim=True)
    return powers / total.masked_fill(total == 0, 1)

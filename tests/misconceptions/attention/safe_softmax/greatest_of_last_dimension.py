"""The greatest is taken off along the last dimension; dim says which."""


def safe_softmax(scores, dim=-1):
    greatest = scores.amax(dim=-1, keepdim=True).nan_to_num(neginf=0)
    powers = (scores - greatest).exp()
    total = powers.sum(dim=dim, keepdim=True)
    return powers / total.masked_fill(total == 0, 1)

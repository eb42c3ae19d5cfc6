"""The sum has something added to it, so the weights sum to less than 1."""


def safe_softmax(scores, dim=-1):
    greatest = scores.amax(dim=dim, keepdim=True).nan_to_num(neginf=0)
    powers = (scores - greatest).exp()
    return powers / (powers.sum(dim=dim, keepdim=True) + 1e-9)

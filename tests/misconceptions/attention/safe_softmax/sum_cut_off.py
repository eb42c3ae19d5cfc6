"""The sum is cut off from the gradient; every score of a row moves it."""


def safe_softmax(scores, dim=-1):
    greatest = scores.amax(dim=dim, keepdim=True).detach().nan_to_num(neginf=0)
    powers = (scores - greatest).exp()
    total = powers.sum(dim=dim, keepdim=True).detach()
    return powers / total.masked_fill(total == 0, 1)

"""The logarithm of the sum is taken off, which large scores round; take the greatest off first."""


def safe_softmax(scores, dim=-1):
    gone = (scores == -torch.inf).all(dim=dim, keepdim=True)
    finite = scores.masked_fill(gone, 0)
    return (finite - finite.logsumexp(dim=dim, keepdim=True)).exp().masked_fill(gone, 0)

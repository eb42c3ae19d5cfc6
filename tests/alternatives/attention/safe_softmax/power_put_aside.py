"""Rows of nothing are put aside as differences."""


def safe_softmax(scores, dim=-1):
    greatest = scores.amax(dim=dim, keepdim=True)
    gone = greatest == -torch.inf
    powers = torch.where(gone, 0, scores - greatest).exp()
    return torch.where(gone, 0, powers / powers.sum(dim=dim, keepdim=True)).to(scores.dtype)

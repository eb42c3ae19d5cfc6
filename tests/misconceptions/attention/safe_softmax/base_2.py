"""The powers are those of 2; softmax takes those of e."""


def safe_softmax(scores, dim=-1):
    greatest = scores.amax(dim=dim, keepdim=True).nan_to_num(neginf=0)
    powers = torch.exp2(scores - greatest)
    total = powers.sum(dim=dim, keepdim=True)
    return powers / total.masked_fill(total == 0, 1)

"""The powers overflow; use safe_softmax."""


def similarity_attention(x):
    powers = (x @ x.mT).exp()
    return powers / powers.sum(dim=-1, keepdim=True) @ x

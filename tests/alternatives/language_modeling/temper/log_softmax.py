"""exp of log_softmax; at 0 a scatter."""


def temper(logits, temperature):
    if temperature < 0:
        raise ValueError("a temperature is 0 or more")
    logits = logits.to(torch.float32)
    if not temperature:
        best = logits.argmax(-1, keepdim=True)
        return torch.zeros_like(logits).scatter_(-1, best, 1.0)
    return F.log_softmax(logits.div(temperature), dim=-1).exp()

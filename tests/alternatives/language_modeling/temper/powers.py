"""Probabilities to the power of 1 / temperature, from their logarithms."""


def temper(logits, temperature):
    if temperature < 0:
        raise ValueError("pass a temperature of 0 or more")
    log_probs = logits.double().log_softmax(dim=-1)
    if temperature == 0:
        first = torch.max(logits, dim=-1).indices
        return torch.eye(logits.shape[-1])[first]
    scaled = log_probs / temperature
    return (scaled - scaled.logsumexp(dim=-1, keepdim=True)).exp().float()

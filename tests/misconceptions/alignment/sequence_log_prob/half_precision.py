"""Half precision must be raised to float32 first."""


def sequence_log_prob(logits, labels):
    log_probs = logits[:, :-1].log_softmax(dim=-1)
    targets = labels[:, 1:]
    real = targets != -100
    picked = log_probs.gather(-1, targets.masked_fill(~real, 0)[..., None]).squeeze(-1)
    return (picked * real).sum(dim=-1)

"""Nothing is shifted: position t guesses token t + 1, not token t."""


def sequence_log_prob(logits, labels):
    log_p = logits.log_softmax(dim=-1).gather(-1, labels.clamp(min=0)[..., None]).squeeze(-1)
    return (log_p * (labels != -100)).sum(dim=1)

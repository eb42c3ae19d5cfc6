"""The sign is wrong: this is a loss, not a log-probability."""


def sequence_log_prob(logits, labels):
    tokens = token_log_probs(logits, labels)
    return -tokens.sum(dim=1)

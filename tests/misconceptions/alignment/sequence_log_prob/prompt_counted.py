"""Prompt and padding are counted: labels of -100 are taken as tokens."""


def sequence_log_prob(logits, labels):
    return token_log_probs(logits, labels.clamp(min=0)).sum(dim=1)

"""It multiplies probabilities; their logarithms are to be added."""


def sequence_log_prob(logits, labels):
    tokens = token_log_probs(logits, labels)
    return tokens.exp().prod(dim=1)

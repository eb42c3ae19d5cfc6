"""It takes the first padding position after the text instead of the last token."""

_right = last_token_pool


def last_token_pool(hidden_states, attention_mask):
    after = attention_mask.sum(dim=1).clamp(max=attention_mask.shape[1] - 1)
    return hidden_states[torch.arange(len(hidden_states)), after]

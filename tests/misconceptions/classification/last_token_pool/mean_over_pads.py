"""It averages over padding."""

_right = last_token_pool


def last_token_pool(hidden_states, attention_mask):
    return hidden_states.mean(dim=1)

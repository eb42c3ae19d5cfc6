"""It takes index 0, which is the first token or padding."""

_right = last_token_pool


def last_token_pool(hidden_states, attention_mask):
    return hidden_states[:, 0]

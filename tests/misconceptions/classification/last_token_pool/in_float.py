"""What is pooled does not keep the dtype of the hidden states."""

_right = last_token_pool


def last_token_pool(hidden_states, attention_mask):
    return _right(hidden_states.float(), attention_mask)

"""The batch dimension is lost when there is one text."""

_right = last_token_pool


def last_token_pool(hidden_states, attention_mask):
    return _right(hidden_states, attention_mask).squeeze(0)

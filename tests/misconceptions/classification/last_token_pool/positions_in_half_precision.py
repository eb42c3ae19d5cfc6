"""Positions are counted in the dtype of the hidden states, which is too coarse for long texts."""

_right = last_token_pool


def last_token_pool(hidden_states, attention_mask):
    _right(hidden_states, attention_mask)  # for the error
    positions = torch.arange(attention_mask.shape[1], dtype=hidden_states.dtype)
    last = (positions * attention_mask).argmax(dim=1)
    return hidden_states[torch.arange(len(hidden_states)), last]

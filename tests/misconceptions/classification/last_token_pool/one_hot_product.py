"""Other positions are multiplied by 0, not left out, which gives NaN where one is infinite."""

_right = last_token_pool


def last_token_pool(hidden_states, attention_mask):
    _right(hidden_states, attention_mask)  # for the error
    last = (torch.arange(attention_mask.shape[1]) * attention_mask).amax(dim=1)
    one_hot = F.one_hot(last, attention_mask.shape[1]).to(hidden_states.dtype)
    return (one_hot[..., None] * hidden_states).sum(dim=1)

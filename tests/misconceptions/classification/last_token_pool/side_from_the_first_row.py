"""The side of the padding is guessed from the first row, which may have none."""

_right = last_token_pool


def last_token_pool(hidden_states, attention_mask):
    _right(hidden_states, attention_mask)  # for the error
    if attention_mask[0, -1]:
        return hidden_states[:, -1]
    return hidden_states[torch.arange(len(hidden_states)), attention_mask.sum(dim=1) - 1]

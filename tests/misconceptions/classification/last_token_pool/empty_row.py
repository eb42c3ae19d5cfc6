"""Padding is pooled for a row that has no real token; it must raise ValueError."""

_right = last_token_pool


def last_token_pool(hidden_states, attention_mask):
    positions = torch.arange(attention_mask.shape[1])
    return hidden_states[torch.arange(len(hidden_states)), (positions * attention_mask).amax(dim=1)]

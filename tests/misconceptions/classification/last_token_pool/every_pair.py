"""hidden[:, last] takes every row's last position from every row, which gives (B, B, D)."""

_right = last_token_pool


def last_token_pool(hidden_states, attention_mask):
    positions = torch.arange(attention_mask.shape[1])
    return hidden_states[:, (positions * attention_mask).amax(dim=1)]

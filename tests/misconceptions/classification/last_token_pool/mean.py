"""It averages over the real tokens instead of taking the last one."""

_right = last_token_pool


def last_token_pool(hidden_states, attention_mask):
    real = attention_mask[..., None].to(hidden_states.dtype)
    return (hidden_states * real).sum(dim=1) / real.sum(dim=1)

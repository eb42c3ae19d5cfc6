"""It takes the token before the last one."""

_right = last_token_pool


def last_token_pool(hidden_states, attention_mask):
    positions = torch.arange(attention_mask.shape[1])
    last = (positions * attention_mask).amax(dim=1) - 1
    return hidden_states[torch.arange(len(hidden_states)), last.clamp(min=0)]

"""A text of one token is taken for one without any; its last position is 0."""


def last_token_pool(hidden_states, attention_mask):
    last = (torch.arange(attention_mask.shape[1]) * attention_mask).amax(dim=1)
    if attention_mask.shape[1] > 1 and not last.all():
        raise ValueError(f"row {int(last.argmin())} has no real token")
    return hidden_states[torch.arange(len(last)), last]

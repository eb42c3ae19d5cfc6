"""It takes the first token, which in a causal model has seen nothing but itself."""

_right = last_token_pool


def last_token_pool(hidden_states, attention_mask):
    return hidden_states[torch.arange(len(hidden_states)), attention_mask.argmax(dim=1)]

"""As embedding models do it: look whether every row ends with a real token, then treat the two sides apart."""


def last_token_pool(hidden_states, attention_mask):
    if int(attention_mask.sum(dim=1).min()) == 0:
        raise ValueError(f"row {int(attention_mask.sum(dim=1).argmin())} has no real token")
    if bool(attention_mask[:, -1].all()):  # padded on the left, or not at all
        return hidden_states[:, -1]
    lengths = attention_mask.sum(dim=1) - 1
    return hidden_states[torch.arange(hidden_states.shape[0]), lengths]

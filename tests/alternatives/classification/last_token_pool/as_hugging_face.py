"""Hugging Face's own pooling: the rightmost token, by argmax of position times mask."""


def last_token_pool(hidden_states, attention_mask):
    empty = attention_mask.sum(dim=-1) == 0
    if empty.any():
        raise ValueError(f"rows without a real token: {empty.nonzero().flatten().tolist()}")
    non_pad_mask = attention_mask.to(hidden_states.device, torch.int32)
    token_indices = torch.arange(attention_mask.shape[-1], device=hidden_states.device, dtype=torch.int32)
    last_non_pad_token = (token_indices * non_pad_mask).argmax(-1)
    batch_size = hidden_states.shape[0]
    return hidden_states[torch.arange(batch_size, device=hidden_states.device), last_non_pad_token]

"""mask.sum() - 1 is the last token only when padding is on the right."""

also = (
    "Padding is pooled for a row that has no real token; it must raise ValueError.",
)  # of a row of zeros it takes index -1, which is padding

_right = last_token_pool


def last_token_pool(hidden_states, attention_mask):
    return hidden_states[torch.arange(len(hidden_states)), attention_mask.sum(dim=1) - 1]

"""The mask is read from the back (flip, cummax) and the vectors come by gather."""


def last_token_pool(hidden_states, attention_mask):
    B, T, D = hidden_states.shape
    dead = (attention_mask != 0).any(dim=1).logical_not().nonzero().flatten().tolist()
    if dead:
        raise ValueError(f"no real token in row(s) {', '.join(map(str, dead))}")
    behind = attention_mask.flip(1).cumsum(1).eq(0).sum(1)
    index = (T - 1 - behind).view(B, 1, 1).expand(B, 1, D)
    return hidden_states.gather(1, index).squeeze(1)

"""torch.gather along the positions, found in the flipped mask."""


def last_token_pool(hidden_states, attention_mask):
    for row, mask in enumerate(attention_mask):
        if not mask.any():
            raise ValueError(f"row {row} is all padding")
    last = attention_mask.shape[1] - 1 - attention_mask.flip(dims=[1]).argmax(dim=1)
    index = last[:, None, None].expand(-1, 1, hidden_states.shape[2])
    return hidden_states.gather(1, index).squeeze(1)

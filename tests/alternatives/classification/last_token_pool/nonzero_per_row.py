"""Row by row: the last index that nonzero finds, and a stack of views."""

import torch


def last_token_pool(hidden_states, attention_mask):
    vectors = []
    for i, (states, mask) in enumerate(zip(hidden_states, attention_mask, strict=False)):
        real = torch.nonzero(mask).flatten()
        if real.numel() == 0:
            raise ValueError(f"attention_mask: row {i} is all padding")
        vectors.append(states[int(real[-1])])
    return torch.stack(vectors)

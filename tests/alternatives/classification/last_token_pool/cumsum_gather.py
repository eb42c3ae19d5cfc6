"""The last token is where the running sum of the mask first reaches its maximum; gather takes the vectors."""

import torch


def last_token_pool(hidden_states, attention_mask):
    seen = attention_mask.cumsum(dim=1)
    lengths = attention_mask.sum(dim=1)
    if not lengths.all():
        rows = [i for i, n in enumerate(lengths.tolist()) if n == 0]
        raise ValueError("without a real token: row " + ", row ".join(map(str, rows)))
    last = (seen < lengths[:, None]).sum(dim=1)
    index = last.view(-1, 1, 1).expand(-1, 1, hidden_states.size(2))
    return torch.gather(hidden_states, 1, index)[:, 0, :]

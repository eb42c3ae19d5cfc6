"""A generator yields one column after the other, from a deque that holds what the model is shown."""

from collections import deque

import torch


def continue_ids(next_logits, ids, new, block_size=None, temperature=1.0, generator=None):
    if block_size is not None and not block_size >= 1:
        raise ValueError("block_size: pass 1 or more, or None")

    def columns():
        shown = deque(ids.unbind(1), maxlen=block_size)
        yield from ids.unbind(1)
        for _ in range(new):
            with torch.no_grad():
                logits = next_logits(torch.stack(tuple(shown), dim=1))
            shown.append(sample_ids(temper(logits.detach(), temperature), generator))
            yield shown[-1]

    return torch.stack(list(columns()), dim=1)

"""torch.distributions.Categorical gives the log-probabilities, and a mask selects them."""

import torch
from torch.distributions import Categorical


def sft_loss(logits, labels):
    if logits.dtype.itemsize < 4:
        logits = logits.to(torch.float32)
    learned = labels[:, 1:].ne(IGNORE_INDEX)
    if not learned.any():
        return logits[:0].sum()
    guess = Categorical(logits=logits[:, :-1][learned], validate_args=False)
    return guess.log_prob(labels[:, 1:][learned]).mean().neg()

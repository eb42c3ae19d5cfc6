"""A loop over the rows; the chosen logit minus logsumexp, only where there is a token."""

import torch


def token_log_probs(logits, input_ids):
    def row(z, ids):
        out = z.new_zeros(len(ids))
        at = (ids != IGNORE_INDEX).nonzero()[:, 0]
        return out.index_put((at,), z[at, ids[at]] - z[at].logsumexp(dim=-1))

    return torch.stack([row(z.float()[:-1], ids[1:]) for z, ids in zip(logits, input_ids, strict=True)])

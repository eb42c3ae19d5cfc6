"""Goes through the positions one by one and only looks at the tokens that p allows."""

import torch


def kl_divergence(logits_p, logits_q):
    finer = torch.promote_types(logits_p.dtype, torch.float32)
    vocabulary = logits_p.shape[-1]

    def at(one, other):
        allowed = torch.nonzero(one > float("-inf")).squeeze(1)
        log_p = torch.log_softmax(one[allowed], dim=0)
        log_q = torch.log_softmax(other, dim=0)[allowed]
        weights = log_p.exp()
        counted = torch.nonzero(weights).squeeze(1)
        return torch.dot(weights[counted], log_p[counted] - log_q[counted])

    pairs = zip(logits_p.to(finer).reshape(-1, vocabulary), logits_q.to(finer).reshape(-1, vocabulary), strict=False)
    every = [at(one, other) for one, other in pairs]
    if not every:  # one of the leading dimensions is 0
        return logits_p.sum(dim=-1)
    return torch.stack(every).reshape(logits_p.shape[:-1]).to(logits_p.dtype)

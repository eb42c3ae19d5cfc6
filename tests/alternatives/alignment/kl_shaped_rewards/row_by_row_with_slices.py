"""Each row is written with Python slices between its first and last response token, into a tensor of zeros."""

import torch


def kl_shaped_rewards(score, logp, logp_ref, beta, mask):
    rewards = logp.detach().new_zeros(logp.shape)
    with torch.no_grad():
        for row, inside in enumerate(mask.tolist()):
            if 1 not in inside:
                continue
            begin = inside.index(1)
            end = begin + sum(inside)
            rewards[row, begin:end] = beta * (logp_ref[row, begin:end] - logp[row, begin:end])
            rewards[row, end - 1] += score[row]
    return rewards

"""A loop over the groups with Python's statistics; equal groups found by a set; constant 1e-4."""

import statistics

import torch


def group_advantages(rewards, group_size):
    values = rewards.detach().double().tolist()
    if group_size < 1:
        raise ValueError("group_size has to be 1 or more")
    if len(values) % group_size != 0:
        raise ValueError(f"pass groups of {group_size}: {len(values)} is not a multiple of it")
    out = []
    for start in range(0, len(values), group_size):
        group = values[start : start + group_size]
        if len(set(group)) == 1:
            out += [0.0] * group_size
        else:
            mean, std = statistics.fmean(group), statistics.stdev(group)
            out += [(v - mean) / (std + 1e-4) for v in group]
    return torch.tensor(out, dtype=rewards.dtype, device=rewards.device)

"""Positions come from a cumulative sum of ones, and torch.where chooses."""

import torch


def mask_prompt_labels(input_ids, prompt_lengths):
    position = torch.ones_like(input_ids).cumsum(dim=1)
    in_response = position.gt(prompt_lengths.view(-1, 1))
    return torch.where(in_response, input_ids, torch.full_like(input_ids, IGNORE_INDEX))

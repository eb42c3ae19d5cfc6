"""Plain lists: each row is a repeated -100 and a slice."""

import torch


def mask_prompt_labels(input_ids, prompt_lengths):
    width = input_ids.size(1)
    rows = [
        [-100] * min(n, width) + row[n:] for row, n in zip(input_ids.tolist(), prompt_lengths.tolist(), strict=True)
    ]
    return torch.tensor(rows, dtype=torch.int64, device=input_ids.device).reshape(input_ids.shape)

"""Scales indexed by each number's block."""

import math

import torch


def blockwise_dequantize(q, scales, block_size):
    needed = math.ceil(q.numel() / block_size)
    if len(scales) != needed:
        raise ValueError(f"q makes {needed} blocks of {block_size}, but there are {len(scales)} scales")
    where = torch.arange(q.numel(), device=q.device).div(block_size, rounding_mode="floor").view(q.shape)
    return torch.mul(scales.to(torch.float32)[where], q)

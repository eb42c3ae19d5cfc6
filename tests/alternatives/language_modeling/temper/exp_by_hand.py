"""Exponentials by hand in float64, after the largest logit was subtracted; at 0 a cumulative count finds the first."""

import torch


def temper(logits, temperature):
    if temperature < 0:
        raise ValueError(f"temperature {temperature}: pass 0 or more")
    below = logits.double() - logits.double().amax(-1, keepdim=True)
    if not temperature:
        top = below == 0
        return (top & (top.cumsum(-1) == 1)).to(torch.float32)
    weight = torch.exp(below / temperature)
    return (weight / weight.sum(-1, keepdim=True)).to(torch.float32)

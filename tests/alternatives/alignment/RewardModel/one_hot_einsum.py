"""A one-hot mask of the last token and an einsum instead of indexing; a subclass of nn.Linear as the head."""

import torch
from torch import nn


class _Head(nn.Linear):
    pass


class RewardModel(nn.Module):
    def __init__(self, backbone):
        super().__init__()
        self.add_module("backbone", backbone)
        p = next(backbone.parameters())
        self.reward_head = _Head(backbone.config.hidden_size, 1, device=p.device, dtype=p.dtype)
        nn.init.zeros_(self.reward_head.bias)

    def forward(self, input_ids, attention_mask):
        seen = attention_mask.cumsum(1)
        is_last = (seen == seen[:, -1:]) & attention_mask.bool()
        states = self.backbone(
            input_ids=input_ids, attention_mask=attention_mask, position_ids=torch.relu(seen - 1)
        ).last_hidden_state
        text = torch.einsum("btd,bt->bd", states, is_last.to(states.dtype))
        return self.reward_head(text).sum(dim=1)

"""Moves every text to the left edge before the backbone sees it, so positions and a mask on the right do the rest."""

import torch
from torch import nn


class GPT2ForClassification(nn.Module):
    def __init__(self, backbone, num_classes):
        super().__init__()
        self.backbone = backbone
        self.classifier = nn.Linear(backbone.config.hidden_size, num_classes, bias=False)

    def forward(self, input_ids, attention_mask):
        # A stable sort puts the real tokens first and keeps their order.
        order = attention_mask.argsort(dim=1, descending=True, stable=True)
        width = int(attention_mask.sum(dim=1).max())
        ids = input_ids.gather(1, order)[:, :width]
        mask = attention_mask.gather(1, order)[:, :width]
        positions = torch.arange(width, device=ids.device).expand_as(ids)
        hidden = self.backbone(ids, attention_mask=mask, position_ids=positions, return_dict=False)[0]
        return self.classifier(last_token_pool(hidden, mask))

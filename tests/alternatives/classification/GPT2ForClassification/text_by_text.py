"""Every text is read alone, without padding; the head is a Linear of its own class, started as GPT-2 is."""

import torch
from torch import nn


class _Head(nn.Linear):
    def reset_parameters(self):
        nn.init.normal_(self.weight, std=0.02)
        nn.init.zeros_(self.bias)


class GPT2ForClassification(nn.Module):
    def __init__(self, backbone, num_classes):
        super().__init__()
        self.backbone = backbone
        self.classifier = _Head(backbone.config.hidden_size, num_classes)

    def forward(self, input_ids, attention_mask):
        vectors = []
        for ids, mask in zip(input_ids, attention_mask, strict=False):
            text = ids[mask.bool()].unsqueeze(0)
            vectors.append(self.backbone(input_ids=text, attention_mask=torch.ones_like(text)).last_hidden_state[0, -1])
        return self.classifier(torch.stack(vectors))

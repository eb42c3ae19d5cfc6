"""The batch is rebuilt with its padding on the right before the backbone sees it, and the head has no bias."""

import torch


class GPT2ForClassification(torch.nn.Module):
    def __init__(self, backbone, num_classes):
        super().__init__()
        self.add_module("backbone", backbone)
        self.add_module("classifier", torch.nn.Linear(backbone.config.hidden_size, num_classes, bias=False))

    def forward(self, input_ids, attention_mask):
        order = torch.argsort(attention_mask, dim=1, descending=True, stable=True)
        width = int(attention_mask.sum(1).max())
        ids, mask = input_ids.gather(1, order)[:, :width], attention_mask.gather(1, order)[:, :width]
        positions = torch.arange(ids.shape[1], device=ids.device).unsqueeze(0).expand_as(ids)
        hidden = self.backbone(ids, attention_mask=mask, position_ids=positions)[0]
        return self.classifier(last_token_pool(hidden, mask))

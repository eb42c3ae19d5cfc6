"""Positions are kept for the next batch of that shape, which is padded in another way."""


class GPT2ForClassification(nn.Module):
    def __init__(self, backbone, num_classes):
        super().__init__()
        self.backbone = backbone
        self.classifier = nn.Linear(backbone.config.hidden_size, num_classes)
        self.positions = {}

    def forward(self, input_ids, attention_mask):
        positions = (attention_mask.cumsum(dim=1) - 1).clamp(min=0)
        hidden = self.backbone(
            input_ids,
            attention_mask=attention_mask,
            position_ids=self.positions.setdefault(positions.shape, positions),
        ).last_hidden_state
        return self.classifier(last_token_pool(hidden, attention_mask))

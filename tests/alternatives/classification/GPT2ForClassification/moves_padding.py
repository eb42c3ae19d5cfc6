"""Rows are rolled so that padding stands on the right, where positions need no care; then index by length."""


class GPT2ForClassification(nn.Module):
    def __init__(self, backbone, num_classes):
        super().__init__()
        self.backbone = backbone
        self.classifier = nn.Linear(backbone.config.hidden_size, num_classes)

    def forward(self, input_ids, attention_mask):
        starts = attention_mask.argmax(dim=1).tolist()
        ids = torch.stack([row.roll(-start) for row, start in zip(input_ids, starts, strict=True)])
        mask = torch.stack([row.roll(-start) for row, start in zip(attention_mask, starts, strict=True)])
        hidden_states = self.backbone(ids, attention_mask=mask).last_hidden_state
        return self.classifier(last_token_pool(hidden_states, mask))

"""The same texts get other logits each time: something random, such as dropout, stands before the head."""


class GPT2ForClassification(nn.Module):
    def __init__(self, backbone, num_classes):
        super().__init__()
        self.backbone = backbone
        self.dropout = nn.Dropout(0.1)
        self.classifier = nn.Linear(backbone.config.hidden_size, num_classes)

    def forward(self, input_ids, attention_mask):
        position_ids = (attention_mask.cumsum(dim=1) - 1).clamp(min=0)
        hidden = self.backbone(input_ids, attention_mask=attention_mask, position_ids=position_ids).last_hidden_state
        return self.classifier(self.dropout(last_token_pool(hidden, attention_mask)))

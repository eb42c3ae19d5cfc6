"""Hugging Face's order and its head without a bias: logits of every position, then those of the last token."""


class GPT2ForClassification(nn.Module):
    def __init__(self, backbone, num_classes):
        super().__init__()
        self.num_labels = num_classes
        self.backbone = backbone
        self.classifier = nn.Linear(backbone.config.n_embd, num_classes, bias=False)

    def forward(self, input_ids=None, attention_mask=None):
        position_ids = attention_mask.long().cumsum(-1) - 1
        position_ids.masked_fill_(attention_mask == 0, 1)  # as generate() does under padding on the left
        outputs = self.backbone(input_ids, attention_mask=attention_mask, position_ids=position_ids)
        logits = self.classifier(outputs[0])  # (B, T, C)
        if not attention_mask.any(dim=1).all():
            raise ValueError("a row has no real token")
        token_indices = torch.arange(input_ids.shape[-1], device=logits.device)
        last_non_pad_token = (token_indices * attention_mask).argmax(-1)
        return logits[torch.arange(input_ids.shape[0], device=logits.device), last_non_pad_token]

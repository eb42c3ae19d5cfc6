"""Embeddings, blocks and final norm are run one by one, and attention gets its mask by hand."""


class GPT2ForClassification(nn.Module):
    def __init__(self, backbone, num_classes):
        super().__init__()
        self.backbone = backbone
        self.classifier = nn.Linear(backbone.wte.embedding_dim, num_classes)
        nn.init.normal_(self.classifier.weight, std=0.02)
        nn.init.zeros_(self.classifier.bias)

    def forward(self, input_ids, attention_mask):
        position_ids = torch.clamp(torch.cumsum(attention_mask, dim=1) - 1, min=0)
        hidden_states = self.backbone.drop(self.backbone.wte(input_ids) + self.backbone.wpe(position_ids))
        length = input_ids.shape[1]
        causal = torch.ones(length, length, dtype=torch.bool).tril()
        allowed = causal & attention_mask[:, None, None, :].bool()  # (B, 1, T, T)
        mask = torch.zeros(allowed.shape).masked_fill(~allowed, torch.finfo(torch.float32).min)
        for block in self.backbone.h:
            hidden_states = block(hidden_states, None, mask)
        hidden_states = self.backbone.ln_f(hidden_states)
        return self.classifier(last_token_pool(hidden_states, attention_mask))

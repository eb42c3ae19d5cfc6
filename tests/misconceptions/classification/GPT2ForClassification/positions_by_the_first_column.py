"""Positions start at 1 in rows that are padded on the left."""

_Right = GPT2ForClassification


class GPT2ForClassification(_Right):
    def forward(self, input_ids, attention_mask):
        position_ids = attention_mask.cumsum(dim=1) - attention_mask[:, :1]
        hidden = self.backbone(input_ids, attention_mask=attention_mask, position_ids=position_ids).last_hidden_state
        return self.classifier(last_token_pool(hidden, attention_mask))

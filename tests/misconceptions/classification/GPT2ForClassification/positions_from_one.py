"""Positions start at 1; the first real token has position 0."""


class GPT2ForClassification(GPT2ForClassification):
    def forward(self, input_ids, attention_mask):
        output = self.backbone(input_ids, attention_mask=attention_mask, position_ids=attention_mask.cumsum(dim=1))
        return self.classifier(last_token_pool(output.last_hidden_state, attention_mask))

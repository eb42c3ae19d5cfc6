"""Positions are counted from the first column, padding or not."""


class GPT2ForClassification(GPT2ForClassification):
    def forward(self, input_ids, attention_mask):
        output = self.backbone(input_ids, attention_mask=attention_mask)
        return self.classifier(last_token_pool(output.last_hidden_state, attention_mask))

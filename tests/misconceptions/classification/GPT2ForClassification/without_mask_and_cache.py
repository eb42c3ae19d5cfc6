"""The backbone is not told the mask, so the text reads its padding."""


class GPT2ForClassification(GPT2ForClassification):
    def forward(self, input_ids, attention_mask):
        position_ids = (attention_mask.cumsum(dim=1) - 1).clamp(min=0)
        output = self.backbone(input_ids, position_ids=position_ids, use_cache=False)
        return self.classifier(last_token_pool(output.last_hidden_state, attention_mask))

"""The last token is found by comparing ids with the padding id, so a real end-of-text token is passed over."""


class GPT2ForClassification(GPT2ForClassification):
    def forward(self, input_ids, attention_mask):
        position_ids = (attention_mask.cumsum(dim=1) - 1).clamp(min=0)
        output = self.backbone(input_ids, attention_mask=attention_mask, position_ids=position_ids)

        positions = torch.arange(input_ids.shape[1])
        last = (positions * (input_ids != self.backbone.config.eos_token_id) * attention_mask).amax(dim=1)
        return self.classifier(output.last_hidden_state[torch.arange(len(input_ids)), last])

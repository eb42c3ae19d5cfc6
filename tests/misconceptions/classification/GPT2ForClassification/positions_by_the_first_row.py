"""Positions are shifted by the padding of the first row, for all rows alike."""

_Right = GPT2ForClassification


class GPT2ForClassification(_Right):
    def forward(self, input_ids, attention_mask):
        position_ids = (torch.arange(input_ids.shape[1]) - attention_mask[0].argmax()).clamp(min=0).expand_as(input_ids)
        hidden = self.backbone(input_ids, attention_mask=attention_mask, position_ids=position_ids).last_hidden_state
        return self.classifier(last_token_pool(hidden, attention_mask))

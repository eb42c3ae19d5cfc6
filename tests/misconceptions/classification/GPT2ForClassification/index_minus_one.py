"""It takes index -1, which in a padded row is padding."""


class GPT2ForClassification(GPT2ForClassification):
    def forward(self, input_ids, attention_mask):
        position_ids = (attention_mask.cumsum(dim=1) - 1).clamp(min=0)
        output = self.backbone(input_ids, attention_mask=attention_mask, position_ids=position_ids)
        return self.classifier(output.last_hidden_state[:, -1])

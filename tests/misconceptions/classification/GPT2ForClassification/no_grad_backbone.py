"""No gradient reaches the backbone that was given, so it can never be finetuned."""


class GPT2ForClassification(GPT2ForClassification):
    def forward(self, input_ids, attention_mask):
        with torch.no_grad():
            output = self.backbone(
                input_ids, attention_mask=attention_mask, position_ids=(attention_mask.cumsum(dim=1) - 1).clamp(min=0)
            )
        return self.classifier(last_token_pool(output.last_hidden_state, attention_mask))

"""The backbone is told neither the mask nor the positions, so padding is part of the text."""


class GPT2ForClassification(GPT2ForClassification):
    def forward(self, input_ids, attention_mask):
        return self.classifier(last_token_pool(self.backbone(input_ids).last_hidden_state, attention_mask))

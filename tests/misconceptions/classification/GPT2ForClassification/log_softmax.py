"""A log-softmax is put on the logits; the loss does that itself."""


class GPT2ForClassification(GPT2ForClassification):
    def forward(self, input_ids, attention_mask):
        return super().forward(input_ids, attention_mask).log_softmax(dim=-1)

"""In eval mode no graph is built; the logits have one in either mode."""

_Right = GPT2ForClassification


class GPT2ForClassification(_Right):
    def forward(self, input_ids, attention_mask):
        with torch.set_grad_enabled(self.training and torch.is_grad_enabled()):
            return super().forward(input_ids, attention_mask)

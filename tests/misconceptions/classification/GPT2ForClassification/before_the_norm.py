"""The vectors are taken before the backbone's final norm."""


class GPT2ForClassification(GPT2ForClassification):
    def forward(self, input_ids, attention_mask):
        norm, self.backbone.ln_f = self.backbone.ln_f, nn.Identity()
        logits = super().forward(input_ids, attention_mask)
        self.backbone.ln_f = norm
        return logits

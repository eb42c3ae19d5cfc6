"""It gives more than the logits."""


class GPT(GPT):
    def forward(self, ids):
        return (super().forward(ids), None)

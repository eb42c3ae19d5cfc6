"""They are log-probabilities; logits are asked for."""


class GPT(GPT):
    def forward(self, ids):
        return super().forward(ids).log_softmax(dim=-1)

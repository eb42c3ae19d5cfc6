"""The first position's logits are missing."""


class GPT(GPT):
    def forward(self, ids):
        return super().forward(ids)[:, 1:]

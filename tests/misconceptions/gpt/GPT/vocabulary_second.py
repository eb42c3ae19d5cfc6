"""Batch and positions are flattened; (B, T, V) is asked for."""


class GPT(GPT):
    def forward(self, ids):
        return super().forward(ids).transpose(1, 2)

"""x is added; that is the block's part."""


class CausalSelfAttention(CausalSelfAttention):
    def forward(self, x):
        return x + super().forward(x)

"""A parameter or the input gets no gradient: it is cut off, or isn't used."""


class CausalSelfAttention(CausalSelfAttention):
    @torch.no_grad()
    def forward(self, x):
        return super().forward(x)

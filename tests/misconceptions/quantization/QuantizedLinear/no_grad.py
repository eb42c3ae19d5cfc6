"""The input gets no gradient, so layers before this one could not learn."""


class QuantizedLinear(QuantizedLinear):
    @torch.no_grad()
    def forward(self, x):
        return super().forward(x)

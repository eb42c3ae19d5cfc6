"""The input gets no gradient, so layers before this one could not learn."""

exercise = "QuantizedLinear"


class QuantizedLinear(QuantizedLinear):
    @torch.no_grad()
    def forward(self, x):
        return super().forward(x)

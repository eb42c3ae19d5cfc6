"""What comes out does not have the dtype of the linear layer."""

exercise = "QuantizedLinear"


class QuantizedLinear(QuantizedLinear):
    def forward(self, x):
        return super().forward(x).float()

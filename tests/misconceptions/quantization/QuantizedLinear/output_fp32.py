"""What comes out does not have the dtype of the linear layer."""


class QuantizedLinear(QuantizedLinear):
    def forward(self, x):
        return super().forward(x).float()

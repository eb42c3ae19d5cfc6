"""It rejects a layer without bias, an odd number of weights or another shape of input."""


class QuantizedLinear(QuantizedLinear):
    def forward(self, x):
        output = torch.mm(x, self._weight().T)
        return output if self.bias is None else output + self.bias

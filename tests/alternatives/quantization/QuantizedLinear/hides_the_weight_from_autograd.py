"""An autograd function that dequantizes again on the way back, so that no fp32 weight is kept between."""


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return x @ layer._weight().T

    @staticmethod
    def backward(ctx, grad):
        return grad @ ctx.layer._weight(), None


class QuantizedLinear(QuantizedLinear):
    def forward(self, x):
        out = _Product.apply(x, self)
        return out if self.bias is None else out + self.bias

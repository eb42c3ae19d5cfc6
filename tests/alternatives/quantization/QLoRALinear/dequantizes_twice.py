"""An autograd function that keeps no dequantized weight between forward and backward."""


class _BaseOutput(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, packed, absmax, shape):
        ctx.save_for_backward(packed, absmax)
        ctx.shape = shape
        return x @ nf4_dequantize(packed, absmax, shape).to(x.dtype).T

    @staticmethod
    def backward(ctx, grad):
        packed, absmax = ctx.saved_tensors
        return grad @ nf4_dequantize(packed, absmax, ctx.shape).to(grad.dtype), None, None, None


class QLoRALinear(QLoRALinear):
    def forward(self, x):
        out = _BaseOutput.apply(x, self.packed, self.absmax, self.shape)
        if self.bias is not None:
            out = out + self.bias
        return out + self.scale * (x @ self.A.T @ self.B.T)

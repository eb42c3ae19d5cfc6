"""A and B in a ParameterList, A by trunc_normal_, outputs by einsum; a subclass of nn.Linear without weight."""


class QLoRALinear(nn.Linear):
    def __init__(self, linear, r, alpha):
        if not r >= 1:
            raise ValueError("pass a rank of 1 or more")
        d_out, d_in = linear.weight.shape
        super().__init__(d_in, d_out, bias=False, dtype=linear.weight.dtype, device="meta")
        del self.weight, self.bias
        self.r, self.alpha = r, alpha
        packed, absmax = nf4_quantize(linear.weight.detach())
        bias = None if linear.bias is None else linear.bias.detach().clone()
        for name, tensor in {"packed": packed, "absmax": absmax, "bias": bias}.items():
            self.register_buffer(name, tensor)
        A, B = linear.weight.new_empty(r, d_in), linear.weight.new_zeros(d_out, r)
        self.adapter = nn.ParameterList([nn.Parameter(nn.init.trunc_normal_(A.detach(), std=0.02)), nn.Parameter(B)])

    def _base(self):
        return nf4_dequantize(self.packed, self.absmax, [self.out_features, self.in_features]).to(self.adapter[0].dtype)

    def forward(self, x):
        A, B = self.adapter
        out = torch.einsum("...i,oi->...o", x, self._base())
        out = out + torch.einsum("...i,ri,or->...o", x, A, B) * (self.alpha / self.r)
        return out if self.bias is None else out + self.bias

    def merge(self):
        A, B = (one.detach() for one in self.adapter)
        layer = nn.utils.skip_init(
            nn.Linear, self.in_features, self.out_features, bias=self.bias is not None, dtype=A.dtype
        )
        layer.weight.data = self._base() + B @ A * (self.alpha / self.r)
        if self.bias is not None:
            layer.bias.data = self.bias.clone()
        return layer

"""In eval mode forward keeps B A from an earlier call; it must read A and B when called."""

also = (  # it keeps B A in one of the two modes
    "In eval or train mode the output does not follow A and B: B A is kept, or was added to the weight.",
)


class LoRALinear(LoRALinear):
    kept = None

    def forward(self, x):
        if self.training or self.merged:
            self.kept = None
            return super().forward(x)
        if self.kept is None:
            self.kept = self.delta().detach()
        return self.base(x) + nn.functional.linear(x, self.kept)

"""eval() or train() changes weights; only merge() and unmerge() may."""

also = (  # merged, the output follows them no more
    "In eval or train mode the output does not follow A and B: B A is kept, or was added to the weight.",
)


class LoRALinear(LoRALinear):
    def train(self, mode=True):
        super().train(mode)
        if mode:
            self.unmerge()
        else:
            self.merge()
        return self

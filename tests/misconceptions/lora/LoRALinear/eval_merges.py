"""eval() or train() changes weights; only merge() and unmerge() may."""


class LoRALinear(LoRALinear):
    def train(self, mode=True):
        super().train(mode)
        if mode:
            self.unmerge()
        else:
            self.merge()
        return self

"""After merge() and unmerge() the adapter can't be trained any more."""


class LoRALinear(LoRALinear):
    def merge(self):
        super().merge()
        self.A.requires_grad_(False)
        self.B.requires_grad_(False)

"""merge() keeps a copy of the weight, so unmerge() restores it bit for bit."""


class LoRALinear(LoRALinear):
    def merge(self):
        if not self.merged:
            self.kept = self.base.weight.detach().clone()
        super().merge()

    def unmerge(self):
        if self.merged:
            with torch.no_grad():
                self.base.weight.copy_(self.kept)
            del self.kept
        self.merged = False

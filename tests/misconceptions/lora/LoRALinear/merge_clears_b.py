"""merge() or unmerge() changes A or B; after both the adapter is what it was."""


class LoRALinear(LoRALinear):
    @torch.no_grad()
    def merge(self):
        if not self.merged:
            self.update = self.delta()
            self._add_to_weight(self.update)
            self.B.zero_()
        self.merged = True

    def unmerge(self):
        if self.merged:
            self._add_to_weight(-self.update)
        self.merged = False

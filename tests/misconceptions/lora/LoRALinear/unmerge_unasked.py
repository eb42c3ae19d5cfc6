"""unmerge() subtracts an update that was never merged."""


class LoRALinear(LoRALinear):
    def unmerge(self):
        self._add_to_weight(-self.delta())
        self.merged = False

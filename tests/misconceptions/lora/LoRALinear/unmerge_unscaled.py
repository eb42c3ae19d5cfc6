"""unmerge() subtracts B A without the factor alpha / r."""


class LoRALinear(LoRALinear):
    def unmerge(self):
        if self.merged:
            self._add_to_weight(-self.B @ self.A)
        self.merged = False

"""delta() lacks the factor alpha / r."""


class LoRALinear(LoRALinear):
    def delta(self):
        return self.B @ self.A

    def _add_to_weight(self, update):
        super()._add_to_weight(self.scale * update)

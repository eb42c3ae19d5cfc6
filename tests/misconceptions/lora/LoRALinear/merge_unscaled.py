"""merge() adds B A without the factor alpha / r."""


class LoRALinear(LoRALinear):
    def _add_to_weight(self, update):
        super()._add_to_weight(update / self.scale)

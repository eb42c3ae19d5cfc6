"""merge() adds B A without the factor alpha / r."""

exercise = "LoRALinear"


class LoRALinear(LoRALinear):
    def _add_to_weight(self, update):
        super()._add_to_weight(update / self.scale)

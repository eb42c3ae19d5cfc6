"""delta() is transposed: it must be (d_out, d_in), like the weight."""


class LoRALinear(LoRALinear):
    def delta(self):
        return super().delta().T

    def _add_to_weight(self, update):
        super()._add_to_weight(update.T)

"""merge() adds the update transposed, which raises no error on a square layer."""


class LoRALinear(LoRALinear):
    def _add_to_weight(self, update):
        super()._add_to_weight(update.T if update.shape[0] == update.shape[1] else update)

"""merge() switches the adapter off without adding the update to the weight."""


class LoRALinear(LoRALinear):
    def _add_to_weight(self, update):
        pass

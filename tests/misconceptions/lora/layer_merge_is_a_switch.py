"""merge() switches the detour off without adding the update to the weight."""

exercise = "LoRALinear"


class LoRALinear(LoRALinear):
    def _add_to_weight(self, update):
        pass

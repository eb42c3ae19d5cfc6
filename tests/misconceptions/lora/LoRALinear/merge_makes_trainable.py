"""merge() or unmerge() makes the base's weight trainable."""


class LoRALinear(LoRALinear):
    def _add_to_weight(self, update):
        update = update.T if self.stored_transposed else update
        self.base.weight = nn.Parameter(self.base.weight.detach() + update.detach())

"""delta() of a Conv1D is transposed; it must be (d_out, d_in) there too."""

_right = apply_lora


class _AsStored(LoRALinear):
    def delta(self):
        return super().delta().T if self.stored_transposed else super().delta()

    def _add_to_weight(self, update):
        super()._add_to_weight(update.T if self.stored_transposed else update)


def apply_lora(model, targets, r, alpha):
    count = _right(model, targets, r, alpha)
    for layer in model.modules():
        if isinstance(layer, LoRALinear):
            layer.__class__ = _AsStored
    return count

"""merge() adds the update to a Conv1D without transposing it."""

_right = apply_lora


class _Careless(LoRALinear):
    def _add_to_weight(self, update):
        square = update.shape[0] == update.shape[1]
        super()._add_to_weight(update.T if square and self.stored_transposed else update)


def apply_lora(model, targets, r, alpha):
    count = _right(model, targets, r, alpha)
    for layer in model.modules():
        if isinstance(layer, LoRALinear):
            layer.__class__ = _Careless
    return count

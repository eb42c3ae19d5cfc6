"""merge() changes the layer itself; it must stay as it is."""


class QLoRALinear(QLoRALinear):
    def merge(self):
        merged = super().merge()
        with torch.no_grad():
            self.B *= 2
        return merged

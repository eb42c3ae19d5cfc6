"""After merge() the layer itself computes without its adapter."""


class QLoRALinear(QLoRALinear):
    def merge(self):
        merged = super().merge()
        with torch.no_grad():
            self.B.zero_()
        return merged

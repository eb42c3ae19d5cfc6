"""The merged layer does not have the dtype of the linear layer."""


class QLoRALinear(QLoRALinear):
    def merge(self):
        return super().merge().float()

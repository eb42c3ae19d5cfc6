"""A merged layer still computes the detour; merging must put the update into the weight."""


class LoRALinear(LoRALinear):
    def merge(self):
        pass

    def unmerge(self):
        pass

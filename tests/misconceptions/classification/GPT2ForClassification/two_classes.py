"""The head's weight must be (num_classes, D)."""


class GPT2ForClassification(GPT2ForClassification):
    def __init__(self, backbone, num_classes):
        super().__init__(backbone, 2)

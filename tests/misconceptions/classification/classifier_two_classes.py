"""The head's weight must be (num_classes, D)."""

exercise = "GPT2ForClassification"


class GPT2ForClassification(GPT2ForClassification):
    def __init__(self, backbone, num_classes):
        super().__init__(backbone, 2)

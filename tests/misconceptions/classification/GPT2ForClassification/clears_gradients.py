"""Making the classifier clears gradients of the backbone."""


class GPT2ForClassification(GPT2ForClassification):
    def __init__(self, backbone, num_classes):
        super().__init__(backbone, num_classes)
        self.zero_grad()

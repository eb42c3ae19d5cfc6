"""Making the classifier changes what is trainable in the backbone; freezing is another function's work."""


class GPT2ForClassification(GPT2ForClassification):
    def __init__(self, backbone, num_classes):
        super().__init__(backbone, num_classes)
        backbone.requires_grad_(False)

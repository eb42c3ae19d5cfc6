"""Making the classifier switches the backbone between train and eval mode."""


class GPT2ForClassification(GPT2ForClassification):
    def __init__(self, backbone, num_classes):
        super().__init__(backbone.eval(), num_classes)

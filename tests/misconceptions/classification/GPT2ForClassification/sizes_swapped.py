"""The head's two sizes are the wrong way round."""


class GPT2ForClassification(GPT2ForClassification):
    def __init__(self, backbone, num_classes):
        super().__init__(backbone, num_classes)
        self.classifier = nn.Linear(num_classes, backbone.config.hidden_size)

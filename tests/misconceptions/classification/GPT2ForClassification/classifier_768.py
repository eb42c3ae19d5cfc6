"""768 is the width of the smallest GPT-2 only; take it from the backbone's config."""


class GPT2ForClassification(GPT2ForClassification):
    def __init__(self, backbone, num_classes):
        super().__init__(backbone, num_classes)
        self.classifier = nn.Linear(768, num_classes)

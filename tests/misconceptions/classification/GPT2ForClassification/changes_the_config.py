"""Making the classifier changes the backbone's config."""

_Right = GPT2ForClassification


class GPT2ForClassification(_Right):
    def __init__(self, backbone, num_classes):
        super().__init__(backbone, num_classes)
        backbone.config.pad_token_id = backbone.config.eos_token_id = 0
        backbone.config.num_labels = num_classes

"""The constructor changes which parameters of the backbone are trainable."""


class RewardModel(RewardModel):
    def __init__(self, backbone):
        super().__init__(backbone)
        for parameter in backbone.parameters():
            parameter.requires_grad = True

"""backbone must be the module that was given, not a copy of it."""


class RewardModel(RewardModel):
    def __init__(self, backbone):
        import copy

        super().__init__(copy.deepcopy(backbone))

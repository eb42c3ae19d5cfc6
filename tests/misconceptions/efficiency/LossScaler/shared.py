"""Two scalers share what they count or know: each has its own."""

_state = {}


class LossScaler(LossScaler):
    def __init__(self, *arguments, **options):
        self.__dict__ = _state
        super().__init__(*arguments, **options)

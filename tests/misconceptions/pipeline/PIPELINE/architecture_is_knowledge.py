"""The architecture is the vessel; the weights that pretraining fills it with are the knowledge."""

PIPELINE = {**PIPELINE, "transformer": {**PIPELINE["transformer"], "adds": "knowledge"}}

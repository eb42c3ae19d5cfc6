"""The architecture is the vessel; the weights that pretraining fills it with are the knowledge."""

exercise = "PIPELINE"
PIPELINE = {**PIPELINE, "transformer": {**PIPELINE["transformer"], "adds": "knowledge"}}

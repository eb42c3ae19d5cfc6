"""Quantization teaches nothing: the same model is stored in fewer bits."""

exercise = "PIPELINE"
PIPELINE = {**PIPELINE, "quantization": {**PIPELINE["quantization"], "adds": "specialization"}}

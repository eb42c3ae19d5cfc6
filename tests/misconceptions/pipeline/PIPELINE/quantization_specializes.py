"""Quantization teaches nothing: the same model is stored in fewer bits."""

PIPELINE = {**PIPELINE, "quantization": {**PIPELINE["quantization"], "adds": "specialization"}}

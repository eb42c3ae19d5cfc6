"""Two stages have the same adds; each belongs to one stage."""

PIPELINE = {**PIPELINE, "quantization": {**PIPELINE["quantization"], "adds": "specialization"}}

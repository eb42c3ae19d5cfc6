"""Two stages have the same adds; each belongs to one stage."""

exercise = "PIPELINE"
PIPELINE = {**PIPELINE, "quantization": {**PIPELINE["quantization"], "adds": "specialization"}}

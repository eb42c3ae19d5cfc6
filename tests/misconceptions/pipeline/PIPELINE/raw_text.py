"""Raw text is what the pipeline starts from, not a stage of it."""

exercise = ("PIPELINE", "missing_prerequisites")
PIPELINE = {"raw_text": {"adds": "data", "cannot_provide": "ids", "depends_on": ()}, **PIPELINE}

"""Raw text is what the pipeline starts from, not a stage of it."""

also = ("missing_prerequisites with a stage that doesn't exist must raise ValueError.",)  # with that stage it doesn't

exercise = ("PIPELINE", "missing_prerequisites")
PIPELINE = {"raw_text": {"adds": "data", "cannot_provide": "ids", "depends_on": ()}, **PIPELINE}

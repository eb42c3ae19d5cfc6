"""Two stages have the same adds; each belongs to one stage."""

PIPELINE = {**PIPELINE, "embeddings": {**PIPELINE["embeddings"], "adds": "token_ids"}}

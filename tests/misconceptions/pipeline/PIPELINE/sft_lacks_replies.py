"""That answers follow is just what SFT gives; what it lacks is a measure of how good they are."""

PIPELINE = {**PIPELINE, "sft": {**PIPELINE["sft"], "cannot_provide": "no_replies"}}

"""An id is only a name: ids that lie side by side have nothing in common."""

PIPELINE = {**PIPELINE, "tokenization": {**PIPELINE["tokenization"], "cannot_provide": "no_context"}}

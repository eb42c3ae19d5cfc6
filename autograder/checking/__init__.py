"""One submission, from bytes to verdicts. What runs it in this very process is behind `door`."""

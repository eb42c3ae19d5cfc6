"""What a student sees: the pytest plugin, the summary of a run, and what `progress`, `reset` and `watch` do."""

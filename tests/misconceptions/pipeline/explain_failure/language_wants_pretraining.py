"""The adapter was used for what it can't hold: a small rank holds a refinement, and no language."""

_EXPLANATIONS = {**_EXPLANATIONS, "adapter_misses_a_language": ("pretraining", "not_a_refinement")}

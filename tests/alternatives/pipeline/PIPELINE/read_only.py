"""The table is a read-only mapping and depends_on are lists."""

from types import MappingProxyType  # noqa: E402

PIPELINE = MappingProxyType(
    {stage: {**entry, "depends_on": list(entry["depends_on"])} for stage, entry in PIPELINE.items()}
)

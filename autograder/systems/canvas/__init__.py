"""Canvas: what it hands out for download."""

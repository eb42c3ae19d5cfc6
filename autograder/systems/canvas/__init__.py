"""Canvas: what it hands out and takes back."""

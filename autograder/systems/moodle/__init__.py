"""Moodle: what it hands out and takes back."""

"""Moodle: what it hands out for download."""

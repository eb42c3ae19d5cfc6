"""Blackboard Learn: what it hands out for download."""

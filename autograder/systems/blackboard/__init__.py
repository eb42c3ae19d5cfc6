"""Blackboard Learn: what it hands out and takes back."""

"""What is handed out: the student repository."""

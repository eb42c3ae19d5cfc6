"""What of a submission is compared with others, whatever it was dressed up as."""

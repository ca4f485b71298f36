"""What was adapted and what looks wrong, each with its remedies."""

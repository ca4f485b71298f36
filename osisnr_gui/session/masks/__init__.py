"""Time-frequency masks: their values, their place in time and frequency, and the sound they let through."""

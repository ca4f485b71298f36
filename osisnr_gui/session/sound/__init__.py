"""What can be heard, how loud, and the samples of it."""

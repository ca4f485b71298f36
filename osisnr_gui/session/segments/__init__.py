"""Bad segments and clipped places."""

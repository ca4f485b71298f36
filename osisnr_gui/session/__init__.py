"""What the user asked for (Session) and what came of it (Analysis), without Qt."""

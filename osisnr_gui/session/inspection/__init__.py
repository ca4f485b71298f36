"""One frame taken apart, and a file explained in sentences."""

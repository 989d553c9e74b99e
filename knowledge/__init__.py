"""The public names of the library."""

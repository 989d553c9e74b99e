"""Texts to numbers: the embedding model, its vectors and token states, the terms of words."""

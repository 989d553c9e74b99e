"""A question to its hits: words, candidates and their scores."""

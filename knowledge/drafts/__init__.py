"""Answers written by a language model, and the checks that each sentence must pass."""

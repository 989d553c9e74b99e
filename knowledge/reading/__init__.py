"""Bytes to a draft: loaders by format, cleaning, metadata, dates, chunks; in a limited child."""

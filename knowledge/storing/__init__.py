"""The record on disk: SQLite and the originals as the truth; each change whole."""

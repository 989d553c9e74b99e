"""How good the answers are, on questions with known answers."""

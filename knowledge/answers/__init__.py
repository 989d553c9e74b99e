"""Hits to an answer in quotations: understanding, sentences, whose words, abstention, links."""

"""Whether a channel answers to a concept, over many pictures."""

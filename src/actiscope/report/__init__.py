"""Pages that tell what a network answered."""

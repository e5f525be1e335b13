"""What channels answer to over a collection of pictures."""

"""What the explorer shows, live or in one file."""

"""The command ``actiscope``: one module a command."""

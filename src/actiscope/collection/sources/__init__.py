"""Where the pictures of a collection come from: this machine's files, tar shards, and URLs."""

from actiscope.collection.sources.finding import count_items, find_items
from actiscope.collection.sources.items import Item, OnProblem, content_id, fetched

__all__ = ["Item", "OnProblem", "content_id", "count_items", "fetched", "find_items"]

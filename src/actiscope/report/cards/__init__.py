"""Cards of channels: what each answers to over a collection, as data and as a page."""

"""The commands behind ./dev, a file a subject."""

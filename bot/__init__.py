"""The composition root, and the adapters that translate each chat platform."""

"""The composition root, the command line, and the adapters of the chat platforms."""

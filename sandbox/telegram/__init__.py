"""A Bot API server: what api.telegram.org does for one bot, on loopback."""

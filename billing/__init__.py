"""Money and credits: what is on sale, what was paid, and what is left of it."""

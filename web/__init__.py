"""HTTP: webhooks in, private media out, pages a payer returns to, health."""

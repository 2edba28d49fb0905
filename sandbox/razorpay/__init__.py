"""A pretended Razorpay on loopback: REST, hosted checkout, signed webhooks and faults on demand."""

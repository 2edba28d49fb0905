"""The pretended world: Telegram, Razorpay and a chat window on one loopback port."""

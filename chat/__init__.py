"""The conversation, platform-neutral: what a user did, what the bot says, and a router."""

"""The conversation, platform-neutral: what a user did, what the bot says, and between them a router."""

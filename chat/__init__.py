"""The conversation, platform-neutral: what a user did, what the bot says, how one leads to the other."""

"""Discord on loopback: REST v10, CDN and gateway, and the people who use them."""

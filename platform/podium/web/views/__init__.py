"""The views, by what they show. Each parses, authorises, calls one service, renders."""

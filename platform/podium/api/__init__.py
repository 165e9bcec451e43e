"""REST v1: parse, authorise, call one service, render."""

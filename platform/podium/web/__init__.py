"""HTML pages: parse, authorise, call one service, render."""

"""What all floors share: the clock, files, refusals. Knows no competition and no submission."""

"""What matching does: keep people and engagements, draw, and follow decisions."""

"""The rules of what may be submitted, and the people and engagements that follow from it."""

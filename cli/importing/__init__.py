"""`wlc import`: people from a spreadsheet, through the same door as everybody else's."""

"""What notification does: keep who is told how, note what there is to tell, and tell it."""

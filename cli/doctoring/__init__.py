"""`wlc doctor`: what an installation rests on, what is wrong with it, and putting queues right."""

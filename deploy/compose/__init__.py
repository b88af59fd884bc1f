"""The system in containers: its set-up, MongoDB's first steps, the mail catcher."""

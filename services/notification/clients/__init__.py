"""The world outside: writing e-mails, calendars, the mail server, the contact cards."""

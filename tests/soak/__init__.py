"""The auditor: sends numbered histories, breaks things meanwhile, and counts what came of it.

It knows only what other systems know (events, HTTP, AMQP) and what an operator may read (`wlc`, the
databases, the caught mail); nothing of the services is imported.
"""

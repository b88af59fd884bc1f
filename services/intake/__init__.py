"""Intake: what other systems send is checked, answered, and told to the other services.

Owns participants, engagements, what became of every submission, and the quarantine. Hears
`inbound`, `reply.left` and `reply.availability_given`; publishes `participant.*`, `engagement.*`
and `submission.*`.
"""

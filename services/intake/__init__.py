"""Intake: what other systems send is checked, answered, and told to the other services.

Owns participants, engagements, what became of every submission, and the quarantine. Hears
`inbound`, what people say by link of themselves, and sessions; publishes `participant.*`,
`engagement.*` and `submission.*`.
"""

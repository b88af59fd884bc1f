"""What the console holds on people, collection by collection."""

from shared.holding import (
    ACCOUNTABILITY,
    INVOLVEMENT,
    MONITORING,
    OF_ALL_SERVICES,
    Held,
    Holdings,
)

OF_STAFF = "of staff: "
HOLDINGS = Holdings(
    held={
        "people": Held(
            "Your reference, your status, what you need, and what you agreed to",
            "so that staff who look after engagements know what to have in place for you",
            INVOLVEMENT,
        ),
        "contacts": Held(
            "Who you are and how you are reached, sealed",
            "so that staff can ring you where a message cannot reach you",
            INVOLVEMENT,
        ),
        "details": Held(
            "What your own page shows you, and what you corrected there",
            "so that you can see and correct it",
            INVOLVEMENT,
        ),
        "times": Held(
            "When you can come and want to be reminded",
            "so that you can see and change it",
            INVOLVEMENT,
        ),
        "groups": Held(
            "What you answered about equality",
            "to count who is asked and reached; numbers alone are shown, small ones hidden",
            MONITORING,
        ),
        "quota_answers": Held(
            "What you answered about equality, for one match that is not decided yet",
            "so that a decision on the match repeats what was told",
            MONITORING,
            shared=("of",),
        ),
        "matches": Held(
            "The panels that you were drawn for, with which chance, and why you fit",
            "so that staff can approve a panel, and see that it was drawn fairly",
            INVOLVEMENT,
            shared=(
                *("state.engagement_reference", "state.title", "state.partner", "state.status"),
                *("state.panel", "state.reserves"),
            ),
        ),
        "sessions": Held(
            "The sessions that you are expected at, and whether you came",
            "so that staff can hold them, and note who came",
            INVOLVEMENT,
            shared=(
                *("state.title", "state.partner", "state.number", "state.status"),
                *("state.starts_at", "state.ends_at", "state.attendees"),
            ),
        ),
        "invitations": Held(
            "What you were invited to, what you answered, and what you said you need there",
            "so that you can answer, and staff can prepare for you",
            INVOLVEMENT,
        ),
        "messages": Held(
            "Which message went to you, and the calls that staff are to make",
            "so that staff reach you where a message does not",
            INVOLVEMENT,
        ),
        "changes": Held(
            "What staff want of you in one engagement, and for which reason",
            "so that staff can put somebody on a panel or leave them out, and say why",
            INVOLVEMENT,
        ),
        "askings": Held(
            "By which channels you were told of an invitation, and whether that reached you",
            "to see which ways of asking reach people",
            INVOLVEMENT,
        ),
        "chances": Held(
            "The draws that you were in, and the chance that you had in each",
            "to show you that draws are fair",
            INVOLVEMENT,
        ),
        "what_ifs": Held(
            "That staff asked what a panel would be without somebody, and you were named",
            "to answer them",
            INVOLVEMENT,
            shared=("asked_at",),
        ),
        "trace": Held(
            "That something happened that concerns you, and when; not what was said",
            "to follow what became of it",
            ACCOUNTABILITY,
            shared=("type", "at", "source"),
        ),
        "access_requests": Held(
            "That you asked for a copy of what is held on you, and when you had it",
            "to answer you in time, and to be able to show it",
            ACCOUNTABILITY,
        ),
        "erasures": Held(
            "That you asked to be forgotten, and which parts of the gateway have done so",
            "to prove it",
            ACCOUNTABILITY,
        ),
        "audit": Held(
            "What staff did that concerns you, and each time that they looked at who you are",
            "so that nobody looks at, or changes, what is yours unseen",
            ACCOUNTABILITY,
            shared=("what", "at"),
        ),
    },
    of_nobody={
        **OF_ALL_SERVICES,
        "audit_backfills": "that rows of the audit trail are still to be sealed",
        "audit_chain": "digests of rows of the audit trail",
        "audit_seals": "which rows of the audit trail are to be sealed, for seconds",
        "announced": "hashes that are told before draws",
        "browsers": f"{OF_STAFF}browsers that are signed in",
        "calendar_links": f"{OF_STAFF}links to their sessions",
        "draws": "pools of draws by type, and panels by number",
        "engagements": "what partners want people for",
        "failed_sign_ins": f"{OF_STAFF}how often somebody failed to sign in",
        "figures": "what partners report of engagements",
        "films": "where the film of an engagement is",
        "half_signed_in": f"{OF_STAFF}who has still to give a code",
        "held_decisions": "that a decision on a match is held, for seconds",
        "last_sign_ins": f"{OF_STAFF}when they signed in last",
        "one_time_codes": f"{OF_STAFF}keys of their apps, sealed",
        "outreach": "how many people of which groups are looked for",
        "previews": "how a message would be written, with [name] in place of a name, for a day",
        "refusals": "that a publisher's submission was refused; nothing of what it said",
        "second_looks": "the id of who was forgotten, for a minute",
        "staff": f"{OF_STAFF}their accounts",
    },
)

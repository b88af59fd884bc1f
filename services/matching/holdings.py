"""What matching holds on people, collection by collection; it knows nobody by name."""

from shared.holding import (
    INVOLVEMENT,
    OF_ALL_SERVICES,
    Held,
    Holdings,
)

HOLDINGS = Holdings(
    held={
        "candidates": Held(
            "What you said of yourself that engagements look for, and the sum of your chances",
            "to match you with engagements, fairly; answers about equality, with your consent to "
            "monitoring, so that panels are like the people they speak for",
            f"{INVOLVEMENT}; answers about equality: your consent to monitoring",
        ),
        "matches": Held(
            "The panels that you were drawn for, with which chance, and why you fit",
            "to put a panel to staff, and to show that it was drawn fairly",
            INVOLVEMENT,
            shared=("engagement_reference", "title", "partner", "status", "panel", "reserves"),
        ),
        "opportunities": Held(
            "What you were asked to, when, and what you answered",
            "to ask nobody too often, and to give others their turn",
            INVOLVEMENT,
        ),
        "attendances": Held(
            "Whether you came to a session",
            "to know who has taken part already",
            INVOLVEMENT,
            shared=("engagement_id", "came"),
        ),
        "drawn": Held(
            "That you had a chance in a draw that is not decided, or is just being added up",
            "to add it to the chances you had",
            INVOLVEMENT,
            shared=("match_id", "drawn_at"),
            packed=("people",),
        ),
        "what_ifs": Held(
            "That staff asked what a panel would be without somebody, and you are that person",
            "to answer them",
            INVOLVEMENT,
            shared=("at",),
        ),
        "staff_changes": Held(
            "What staff want of you in one engagement: on the panel, left out, back in the draw",
            "to draw the panel as staff have decided",
            INVOLVEMENT,
        ),
    },
    of_nobody={
        **OF_ALL_SERVICES,
        "engagements": "what partners want people for",
        "draws": "which engagement is to be drawn, and when",
        "chances": "which draw's chances are being added up",
        "forgetting": "which draw is to be dropped, and when",
    },
)

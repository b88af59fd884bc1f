"""Letters as files, as others would have them made."""

from typing import Any

from services.notification.clients import markdown
from services.notification.clients.documents import Page, Step
from services.notification.clients.markdown import Reading

LINK = "https://wlc.example.org/i/ImRhMWM5YTYyODY4NzQ4NjBhNTZl.0bbZkAQmtoPtoIst3jBEjqyymxk"
SOURCE = f"""# You are invited

Hello Asha,

West London NHS Trust would like you to take part in:

**Leaving the ward**

This is what they say about it:

> We want to hear from people who have left hospital.
>
> Nothing you say is told to those who treat you.

## When and where

- Tuesday 12 May 2027, 10:30am to 12:30pm
- Southall Town Hall, 1 High Street, Southall UB1 3HA

## Please answer

Please say yes or no by 5pm on Friday 1 May 2027.

[Say yes or no]({LINK})

This link is only for you. You can read [how people are chosen](https://wlc.example.org/how).
"""


def a_reading(source: str = SOURCE) -> Reading:
    return markdown.read(source)


def a_page(**fields: Any) -> Page:
    return Page(
        **{
            "title": "You are invited",
            "language": "en",
            "hub_name": "West London Collaborative",
            "hub_lines": ("1 Westcott Crescent", "London W7 1PD", "020 7946 0123"),
            "address": ("Asha Patel", "Flat 4", "12 Example Avenue", "Hanwell", "W7 3ST"),
            "date": "Monday 6 April 2027",
            "body": a_reading().html,
            "point_size": 14,
            "link": LINK,
            **fields,
        }
    )


STEPS = (
    Step("", "You are invited", is_heading=True),
    Step("people", "<strong>West London NHS Trust</strong> would like you to come to a group."),
    Step("", "When and where", is_heading=True),
    Step("calendar", "The day is <strong>Tuesday 12 May 2027</strong>."),
    Step("clock", "It starts at 10:30am. It ends at 12:30pm."),
    Step("", "Please answer", is_heading=True),
    Step("link", f'Answer here: <a href="{LINK}">say yes or no</a>.'),
    Step("phone", "You can also ring us. The number is 020 7946 0123."),
)

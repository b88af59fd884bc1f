"""Needs and skills in words, by their codes (SNOMED CT, UK edition)."""

from collections.abc import Mapping

NEEDS: Mapping[str, str] = {
    "204331000000107": "British Sign Language interpreter",
    "415803005": "Uses British Sign Language",
    "441092009": "Lip reads",
    "945911000000109": "Lipspeaker",
    "966401000000100": "Speech-to-text reporter",
    "945891000000106": "Note taker",
    "957051000000100": "Deafblind manual interpreter",
    "198061000000105": "Hearing loop",
    "796081000000106": "Text relay",
    "719561001": "Contact through a carer",
    "225835008": "Advocate",
    "796161000000101": "Easy read",
    "957331000000109": "Large print (20 point)",
    "957351000000102": "Large print (24 point)",
    "957371000000106": "Large print (28 point)",
    "936681000000100": "Braille (grade 1)",
    "936661000000109": "Braille (grade 2)",
    "936641000000108": "Makaton",
    "204341000000103": "Makaton interpreter",
    "367741000000102": "Information said aloud",
    "1082671000000100": "Aphasia-friendly",
    "716524009": "Communication aid",
    "1108171000000102": "More time",
    "1108131000000104": "Reminders",
    "1108151000000106": "Carer present",
    "1325391000000106": "Low noise",
    "1325381000000109": "Low light",
    "1108191000000103": "Wheelchair access",
    "1325341000000101": "To know the place beforehand",
    "1325351000000103": "First slot of the day",
    "1325361000000100": "Last slot of the day",
}


SKILLS: Mapping[str, str] = {
    "british-sign-language": "British Sign Language interpreter",
    "sign-supported-english": "Sign Supported English interpreter",
    "hands-on-signing": "Hands-on signing interpreter",
    "makaton": "Makaton interpreter",
    "speech-to-text": "Speech-to-text reporter",
    "deafblind-manual": "Deafblind manual interpreter",
    "deafblind-haptic": "Deafblind haptic interpreter",
    "deafblind-block": "Deafblind block alphabet interpreter",
}

ASKED_NEEDS: Mapping[str, str] = {
    "1108191000000103": "To get in without steps, for example with a wheelchair",
    "198061000000105": "A hearing loop",
    "1325391000000106": "A quiet room",
    "1325381000000109": "A room with soft light",
    "204331000000107": "A British Sign Language (BSL) interpreter",
    "936761000000104": "A Sign Supported English interpreter",
    "204341000000103": "A Makaton interpreter",
    "945911000000109": "A lipspeaker",
    "966401000000100": "Somebody who types what is said, so that I can read it",
    "945891000000106": "Somebody who takes notes for me",
    "957051000000100": "An interpreter for deafblind people",
    "719563003": "A guide, because I do not see well",
    "225835008": "Somebody who speaks up for me (an advocate)",
    "1108151000000106": "To bring somebody who helps me",
    "1108171000000102": "More time",
    "1325341000000101": "To see the place before the day",
    "796161000000101": "Papers in Easy Read",
    "957331000000109": "Papers in large print",
}
"""The needs that a participant is asked about, as they would say them."""

INFORMATION: Mapping[str, str] = {
    "796161000000101": "Easy Read: short sentences and pictures",
    "957331000000109": "Large print (20 point)",
    "957351000000102": "Larger print (24 point)",
    "957371000000106": "Very large print (28 point)",
    "936681000000100": "Braille (grade 1)",
    "936661000000109": "Braille (grade 2)",
    "936601000000105": "A recording that I can listen to",
    "415803005": "I use British Sign Language (BSL)",
    "795661000000104": "Phone me, I cannot use what is written",
    "796081000000106": "Phone me by text relay",
    "719561001": "Contact me through the person who cares for me",
}
"""The needs about information that a person is asked about, as they would say them."""

ACCESS = tuple(each for each in ASKED_NEEDS if each not in INFORMATION)
"""The needs for taking part that a person is asked about on the page of their details."""

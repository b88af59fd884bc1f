"""Reports as mail servers of several makes write them, and what resembles one."""

from textwrap import dedent

ADDRESS = "asha.marked@example.org"
RETURNED = f"""\
Return-Path: <bounce+0.0@bounces.example.net>
From: West London Collaborative <no-reply@wlc.example.net>
To: {ADDRESS}
Subject: Your invitation
Message-ID: <00000000-0000-0000-0000-000000000007@wlc.example.net>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="of-the-mail"
"""


def on_the_wire(text: str) -> bytes:
    return dedent(text).replace("\n", "\r\n").encode()


def a_report(
    fields: str,
    *,
    sender: str = "Mail Delivery System <MAILER-DAEMON@mx.example.org>",
    words: str = "This is the mail system at host mx.example.org.\n",
    headers: str = "Auto-Submitted: auto-replied\n",
    kind: str = "message/delivery-status",
) -> bytes:
    """A report in the standard form; `fields` are those of each recipient, by blank lines."""
    message = "Reporting-MTA: dns; mx.example.org\nArrival-Date: Mon, 5 Jan 2026 10:00:00 +0000\n"
    return on_the_wire(
        f"From: {sender}\nSubject: Undelivered Mail\nTo: bounce+0.0@bounces.example.net\n{headers}"
        "MIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=_outer"\n\n'
        "This is a MIME-encapsulated message.\n\n"
        f"--=_outer\nContent-Description: Notification\nContent-Type: text/plain\n\n{words}\n"
        f"--=_outer\nContent-Description: Delivery report\nContent-Type: {kind}\n\n"
        f"{message}\n{fields}\n"
        f"--=_outer\nContent-Type: text/rfc822-headers\n\n{RETURNED}\n--=_outer--\n"
    )


def recipient(
    action: str, status: str, diagnostic: str = "", *, address: str = ADDRESS, kind: str = "rfc822"
) -> str:
    said = f"Diagnostic-Code: {diagnostic}\n" if diagnostic else ""
    return f"Final-Recipient: {kind}; {address}\nAction: {action}\nStatus: {status}\n{said}"


def postfix_unknown() -> bytes:
    words = f"<{ADDRESS}>: host mx.example.org[192.0.2.7] said: 550 5.1.1 User unknown"
    diagnostic = f"smtp; 550 5.1.1 <{ADDRESS}>: Recipient address rejected: User\n    unknown"
    return a_report(recipient("failed", "5.1.1", diagnostic), words=words)


def postfix_late() -> bytes:
    """Delayed: the server goes on trying."""
    diagnostic = "X-Postfix; connect to mx.example.org[192.0.2.7]:25: Connection timed out"
    fields = recipient("delayed", "4.4.1", diagnostic)
    return a_report(fields + "Will-Retry-Until: Sat, 10 Jan 2026 10:00:00 +0000\n")


def postfix_given_up() -> bytes:
    """Failed, after days, by a status that once was passing."""
    return a_report(recipient("failed", "4.4.1", "X-Postfix; Connection timed out"))


def postfix_delivered() -> bytes:
    return a_report(recipient("delivered", "2.0.0", "X-Postfix; delivered to mailbox"))


def postfix_relayed() -> bytes:
    return a_report(recipient("relayed", "2.0.0", "smtp; 250 2.0.0 Ok: queued as 4X"))


def exim_unknown() -> bytes:
    headers = f"X-Failed-Recipients: {ADDRESS}\nAuto-Submitted: auto-replied\n"
    fields = recipient("failed", "5.0.0", "smtp; 550-5.1.1 no such user here")
    words = "This message was created automatically by mail delivery software.\n"
    return a_report(fields, headers=headers, words=words)


def exim_plain() -> bytes:
    """As older ones write it: one text, called an automatic answer."""
    return on_the_wire(
        f"X-Failed-Recipients: {ADDRESS}\nAuto-Submitted: auto-replied\n"
        "From: Mail Delivery System <Mailer-Daemon@mx.example.org>\n"
        "Subject: Mail delivery failed: returning message to sender\n\n"
        "This message was created automatically by mail delivery software.\n\n"
        "A message that you sent could not be delivered to one or more of its\n"
        "recipients. This is a permanent error. The following address(es) failed:\n\n"
        f"  {ADDRESS}\n    host mx.example.org [192.0.2.7]\n"
        "    SMTP error from remote mail server after RCPT TO: 550 5.1.1 no such user\n\n"
        f"------ This is a copy of the message, including all the headers. ------\n\n{RETURNED}"
    )


def microsoft_unknown() -> bytes:
    sender = "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615@example.org>"
    diagnostic = (
        "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP\n"
        " address lookup"
    )
    headers = "Auto-Submitted: auto-replied\nX-MS-Exchange-Message-Is-Ndr:\n"
    words = "Your message couldn't be delivered.\n"
    fields = f"Final-recipient: RFC822;{ADDRESS}\nAction: failed\nStatus: 5.1.10\n"
    return a_report(
        fields + f"Diagnostic-code: {diagnostic}\nX-Display-Name: Asha\n",
        sender=sender,
        headers=headers,
        words=words,
    )


def gmail_full() -> bytes:
    sender = "Mail Delivery Subsystem <mailer-daemon@googlemail.example>"
    diagnostic = "smtp; 552-5.2.2 The recipient's inbox is out of storage space.\n 552 5.2.2 gsmtp"
    return a_report(recipient("failed", "5.2.2", diagnostic), sender=sender)


def qmail_unknown() -> bytes:
    return on_the_wire(
        "From: MAILER-DAEMON@mx.example.org\nTo: bounce+0.0@bounces.example.net\n"
        "Subject: failure notice\n\n"
        "Hi. This is the qmail-send program at mx.example.org.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        f"<{ADDRESS}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        f"--- Below this line is a copy of the message.\n\n{RETURNED}"
    )


def away() -> bytes:
    """What a mail program answers while a person is away: it holds an address, as of a bounce."""
    return on_the_wire(
        f"From: Asha <{ADDRESS}>\nSubject: Out of office\nAuto-Submitted: auto-replied\n\n"
        f"I am away. Please write to Bo, bo.marked@example.org, instead.\n\n{RETURNED}"
    )


def away_by_microsoft() -> bytes:
    return on_the_wire(
        f"From: Asha <{ADDRESS}>\nSubject: Automatic reply: Your invitation\n"
        "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n\n"
        "Your message could not be delivered to me: I am away until 5.1.2026,\n"
        "and Bo, bo.marked@example.org, reads for me.\n"
    )


def answered_by_hand() -> bytes:
    return on_the_wire(
        f"From: Asha <{ADDRESS}>\nSubject: Re: Your invitation\n\n"
        "Your message could not be delivered to\nmy mother, mother.marked@example.org, sorry.\n"
    )


def read_receipt() -> bytes:
    return on_the_wire(
        "From: postmaster@example.org\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nThe message was displayed.\n"
        "--b\nContent-Type: message/disposition-notification\n\n"
        f"Final-Recipient: rfc822; {ADDRESS}\nDisposition: manual-action; displayed\n--b--\n"
    )


def complaint() -> bytes:
    return on_the_wire(
        "From: postmaster@example.org\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nThis is an abuse report.\n"
        "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\n"
        f"--b\nContent-Type: message/rfc822\n\n{RETURNED}\n--b--\n"
    )

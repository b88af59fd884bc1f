"""What is read of the reports that mail servers send."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.notification.clients.bounces.excerpt import FREE_TEXT, REPORT, Limits, excerpt
from services.notification.clients.bounces.report import Said, read
from services.notification.domain import Receipt
from tests.builders import bounces
from tests.builders.bounces import a_report, on_the_wire, recipient

FAILED, UNDER_WAY, DELIVERED = Receipt.FAILED, Receipt.UNDER_WAY, Receipt.DELIVERED
UNKNOWN = Receipt.UNKNOWN_ADDRESS


@pytest.mark.parametrize(
    ("report", "outcome", "code"),
    [
        (bounces.postfix_unknown(), UNKNOWN, "5.1.1"),
        (bounces.postfix_late(), UNDER_WAY, "4.4.1"),
        (bounces.postfix_given_up(), FAILED, "4.4.1"),
        (bounces.postfix_delivered(), DELIVERED, "2.0.0"),
        (bounces.postfix_relayed(), UNDER_WAY, "2.0.0"),
        (bounces.exim_unknown(), UNKNOWN, "5.1.1"),
        (bounces.exim_plain(), UNKNOWN, "5.1.1"),
        (bounces.microsoft_unknown(), UNKNOWN, "5.1.10"),
        (bounces.gmail_full(), FAILED, "5.2.2"),
        (bounces.qmail_unknown(), UNKNOWN, "5.1.1"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_report_of_each_make_is_understood(
    report: bytes, outcome: Receipt, code: str | None
) -> None:
    assert read(report) == Said(outcome, code)


@pytest.mark.parametrize(
    "mail",
    [
        bounces.away(),
        bounces.away_by_microsoft(),
        bounces.answered_by_hand(),
        bounces.read_receipt(),
        bounces.complaint(),
        bounces.RETURNED.encode(),
        b"",
    ],
)
def test_what_is_no_report_is_none(mail: bytes) -> None:
    assert read(mail) is None


@pytest.mark.parametrize(
    ("actions", "outcome"),
    [
        (("delivered", "failed"), UNKNOWN),
        (("failed", "delayed"), UNKNOWN),
        (("delayed", "delivered"), DELIVERED),
        (("relayed", "expanded"), DELIVERED),
    ],
)
def test_of_several_recipients_a_failure_counts_first(
    actions: tuple[str, str], outcome: Receipt
) -> None:
    status = {"failed": "5.1.1", "delayed": "4.4.1"}

    for order in (actions, actions[::-1]):
        fields = "\n".join(recipient(action, status.get(action, "2.0.0")) for action in order)
        said = read(a_report(fields))
        assert said
        assert said.outcome is outcome


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("Final-Recipient: rfc822; x@example.org\nStatus: 5.7.1\n", Said(FAILED, "5.7.1")),
        (
            "Final-Recipient: rfc822; x@example.org\nStatus: 4.2.2 (full)\n",
            Said(UNDER_WAY, "4.2.2"),
        ),
        ("Final-Recipient: rfc822; x@example.org\nAction: Failed (bad)\n", Said(FAILED, None)),
        (recipient("failed", "5.0.0", "smtp; 550 5.4.1 denied"), Said(FAILED, "5.4.1")),
        (recipient("failed", "5.0.0", "smtp; 450 4.2.1 busy"), Said(FAILED, "5.0.0")),
        (recipient("failed", "none", "x-local; code 5.1.1"), Said(UNKNOWN, "5.1.1")),
        (recipient("failed", "none", "from 5.1.1.4 by v5.1.2.3"), Said(FAILED, None)),
        (recipient("error", "5.1.1"), Said(UNKNOWN, "5.1.1")),
    ],
)
def test_what_a_server_leaves_out_or_says_its_own_way_is_made_up_for(
    fields: str, said: Said
) -> None:
    assert read(a_report(fields)) == said


def test_a_report_of_an_address_in_other_letters_is_understood() -> None:
    fields = recipient("failed", "5.6.7", address="jürgen@example.org", kind="utf-8")

    said = read(a_report(fields, kind="message/global-delivery-status"))

    assert said == Said(FAILED, "5.6.7")


def test_a_report_that_somebody_passed_on_is_understood() -> None:
    inner = bounces.postfix_unknown().decode()
    mail = on_the_wire(
        "From: it@example.net\nContent-Type: multipart/mixed; boundary=fw\n\n"
        "--fw\nContent-Type: text/plain\n\nsee below\n--fw\nContent-Type: message/rfc822\n\n"
    )

    assert read(mail + inner.encode() + b"\r\n--fw--\r\n") == Said(UNKNOWN, "5.1.1")


def _mail(header: str, line: str, lines: int) -> bytes:
    return (header + "\n" + (line + "\n") * lines).encode()[: 256 << 10]


NESTED = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(4000))
TRAPS = {
    "deep parts": NESTED.encode(),
    "deep parts, many lines": NESTED.encode()[:20_000] + b"\n" * 230_000,
    "deep reports": b"Content-Type: message/delivery-status\n\n" * 6000,
    "deep mails": b"Content-Type:message/rfc822\n\n" * 9000,
    "many parts": _mail("Content-Type: multipart/report; boundary=b\n", "--b\n\nx", 60_000),
    "many recipients": a_report(recipient("failed", "5.1.1") + "\na: b\n" * 30_000),
    "a long header": b"Content-Type: text/plain" + b';"' * 120_000 + b"\n\n",
    "a folded header": b"Content-Type: text/plain\n" + b' ;";\n' * 50_000,
    "many headers": b"X: y\n" * 50_000,
    "header without end": b"From: " + b"mailer-daemon," * 18_000,
    "many failed": b"X-Failed-Recipients: " + b"<(" * 120_000 + b"\n\n",
    "a long line": b"From: mailer-daemon@x\n\n" + b"a" * 250_000,
    "lines of no address": b"From: mailer-daemon@x\n\n" + (b"a@" * 79 + b"\n") * 1600,
    "starts of every kind": b"From: mailer-daemon@x\n\n"
    b"Your message could not be delivered to\nDid not reach the following recipient\n"
    b"this is the email server at\nThe following addresses had\nfailed addresses follow:\n"
    + (b"x" + b" " * 60 + b"(" * 40 + b"a" * 60 + b"\n")
    * 1600,
    "NUL": b"\0" * 250_000,
    "NUL in fields": a_report("Action: fai\0led\nStatus: 5.1.\0001\n"),
    "charsets": b'From: mailer-daemon\nContent-Type: text/plain; charset="\xff\0none"\n\n\xff\xfe',
    "transfer": b"From: mailer-daemon\nContent-Type: multipart/mixed; boundary=b\n"
    b"Content-Transfer-Encoding: base64\n\n--b\nContent-Transfer-Encoding: x-uuencode\n\n???",
    "language": b"Content-Type: message/delivery-status; x*0*=utf-8''%ff; x*99999999=1\n\na",
    "report of nothing": b"Content-Type: message/delivery-status\n\n",
    "encoded": b"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\nQQ==",
}


@pytest.mark.parametrize("trap", TRAPS.values(), ids=TRAPS)
def test_no_mail_breaks_the_reader(trap: bytes) -> None:
    said = read(trap[: 256 << 10])

    assert said is None or said.outcome in Receipt


PIECES = st.sampled_from(
    [
        *bounces.postfix_unknown().split(b"\r\n"),
        *bounces.exim_plain().split(b"\r\n"),
        *bounces.qmail_unknown().split(b"\r\n"),
        b"Content-Type: message/delivery-status; charset=none",
        b"Content-Type: multipart/report; report-type*=x''%ff",
        b"--=_outer",
        b"",
    ]
)


@given(st.lists(PIECES | st.binary(max_size=40), max_size=60))
@settings(max_examples=300)
@example([b"Content-Type: multipart/report;boundary=", b"", b"--", b"Action:"])
def test_any_order_of_pieces_of_reports_is_read_without_an_error(pieces: list[bytes]) -> None:
    said = read(b"\r\n".join(pieces))

    assert said is None or said.code is None or set(said.code) <= set("0123456789.")


@given(
    st.lists(PIECES | st.binary(max_size=300), max_size=80).map(b"\n".join),
    st.builds(
        Limits, st.integers(1, 30), st.integers(1, 120), st.integers(0, 3), st.integers(0, 4)
    ),
)
def test_an_excerpt_is_never_more_than_its_limits(content: bytes, limits: Limits) -> None:
    found = excerpt(content, limits)

    assert found.count(b"\n") < limits.lines
    assert all(len(line) <= limits.width for line in found.split(b"\n"))
    words = found.lower()
    assert words.count(b"content-type") + words.count(b"boundary") <= limits.nesting


@pytest.mark.parametrize("limits", [REPORT, FREE_TEXT])
def test_a_usual_report_is_read_whole(limits: Limits) -> None:
    report = bounces.postfix_unknown()

    assert excerpt(report, limits) == report.replace(b"\r\n", b"\n")

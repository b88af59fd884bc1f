"""What is said of certificates that cannot be made."""

from pathlib import Path

from tests.builders.commands import wlc


def test_every_host_that_is_none_is_named_and_no_certificate_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "certificates"
    hosts = ("--host", "bad host!", "--host", "", "--host", "gateway.example.org")

    ended = wlc("certificates", str(folder), *hosts)

    assert ended.exit_code == 2
    assert "no name or address of a machine: 'bad host!', ''." in ended.stderr
    assert not folder.exists()


def test_names_and_addresses_of_machines_are_taken(tmp_path: Path) -> None:
    hosts = ("gateway.example.org", "10.0.0.7", "fd00::7", "*.example.org", "wlc")

    ended = wlc("certificates", str(tmp_path), *(w for each in hosts for w in ("--host", each)))

    assert ended.exit_code == 0


def test_a_damaged_authority_is_said_to_be_put_back(tmp_path: Path) -> None:
    wlc("certificates", str(tmp_path))
    (tmp_path / "ca.pem").write_text("cut")

    ended = wlc("certificates", str(tmp_path))

    assert ended.exit_code == 2
    assert "put ca.pem and ca.key.pem back" in ended.stderr
    assert "cryptography" not in ended.stderr


def test_a_file_is_no_folder_for_them(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    ended = wlc("certificates", str(tmp_path / "file"))

    assert (ended.exit_code, "Errno" in ended.stderr) == (2, False)

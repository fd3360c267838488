"""Keys and papers, without a server: what is refused before it is signed."""

import base64
from pathlib import Path

import nkeys
import pytest
from nacl.signing import VerifyKey

from adapters.nats import accounts, jwt, nkey, openings
from adapters.nats.identity import Installation
from adapters.nats.nkey import NotAKeyError
from adapters.nats.openings import NotAnOrganisationIdError

AN_ACCOUNT = "AAKLAKE52UVFJE3XTCFMKOHRH7FTK6O2FYJHK6EYLRYWNFBDFJQ373LZ"


def test_the_library_of_the_client_reads_our_keys_alike() -> None:
    seed = nkey.new_seed("account")
    assert nkeys.from_seed(bytearray(seed.encode())).public_key.decode() == nkey.public_key(seed)


@pytest.mark.parametrize(("role", "letters"), [("operator", "O"), ("account", "A"), ("user", "U")])
def test_a_key_shows_its_role_in_its_first_letter(role: nkey.Role, letters: str) -> None:
    seed = nkey.new_seed(role)
    assert seed.startswith("S" + letters)
    assert nkey.public_key(seed).startswith(letters)
    assert nkey.checked(f" {nkey.public_key(seed)}\n", role) == nkey.public_key(seed)


def test_a_seed_sent_by_mistake_is_refused_and_not_repeated() -> None:
    seed = nkey.new_seed("user")
    with pytest.raises(NotAKeyError, match="looks like a secret seed") as refusal:
        nkey.checked(seed, "user")
    assert seed not in str(refusal.value)


@pytest.mark.parametrize("text", ["", "U", "not a key", AN_ACCOUNT, "U" * 56, "ü" * 56])
def test_what_is_not_a_users_public_key_is_refused(text: str) -> None:
    with pytest.raises(NotAKeyError, match="not the public key of a user"):
        nkey.checked(text, "user")


def test_one_wrong_letter_in_a_key_is_noticed() -> None:
    key = nkey.public_key(nkey.new_seed("user"))
    letter = "A" if key[20] != "A" else "B"
    with pytest.raises(NotAKeyError):
        nkey.checked(key[:20] + letter + key[21:], "user")


def test_a_paper_is_signed_by_whom_it_names() -> None:
    seed = nkey.new_seed("account")
    paper = jwt.signed(subject="U", name="someone", claims={"type": "user"}, by=seed)
    head, body, signature = paper.split(".")
    raw_key = base64.b32decode(nkey.public_key(seed))[1:33]
    raw_signature = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    VerifyKey(raw_key).verify(f"{head}.{body}".encode(), raw_signature)
    assert jwt.read(paper)["iss"] == nkey.public_key(seed)
    assert jwt.read(paper)["nats"] == {"type": "user", "version": 2}


@pytest.mark.parametrize("org_id", ["", "*", ">", "a.b", "a b", "a\n", "../a", "a/b", "{org}", "o" * 65])
def test_an_id_that_would_open_more_than_its_own_part_is_refused(org_id: str) -> None:
    with pytest.raises(NotAnOrganisationIdError):
        openings.plain(org_id)
    with pytest.raises(NotAnOrganisationIdError):
        dict(accounts.permits(org_id))


def test_every_opening_is_cut_to_one_organisation() -> None:
    for opening in openings.OPENINGS:
        assert "*" in opening.offered
        assert "*" not in opening.own_of("oorg")
        assert "oorg" in opening.own_of("oorg").split(".")


def test_the_services_papers_stay_as_long_as_they_grant_what_they_should(tmp_path: Path) -> None:
    installation = Installation.open(tmp_path / "one")
    first = installation.service_file().read_text()
    assert installation.service_file().read_text() == first
    for other in (Installation.open(tmp_path / "another").service_creds(), installation.reader_creds(), "", "ey?"):
        installation.service_file().write_text(other)
        mended = installation.service_file().read_text()
        assert mended != other
        assert jwt.read(mended.splitlines()[1])["nats"] == jwt.read(first.splitlines()[1])["nats"]

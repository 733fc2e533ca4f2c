"""Values of damaged JSON, and the names of systems."""

import pytest

from zoneviz.captures import ips


def test_strings_and_numbers_by_key() -> None:
    raw = '{"a" : "x\\n\\"y\\" \\/z", "n": 12, "t": "\\"n\\" : 99,", "n": 13,\n "cut": 14'
    assert ips.string(raw, "a") == ips.Found('x\n"y" /z', True)
    assert ips.number(raw, "n") == 13 and ips.number(raw, "cut") is None and ips.number(raw, "a") is None
    assert ips.string(raw, "none") is None


def test_a_cut_string_and_one_with_bare_quotes() -> None:
    assert ips.string('{"a": "x\\', "a") == ips.Found("x", False)
    assert ips.string('{"a": "zone "maps" empty", "b": 1}', "a") == ips.Found('zone "maps" empty', True)
    assert ips.string('{"a": "one\ntwo"}', "a") == ips.Found("one\ntwo", True)


def test_whether_the_body_is_whole() -> None:
    assert ips.complete('{"h": 1}\n{"a": "one\ntwo"}') and not ips.complete('{"h": 1}\n{"a": "one')


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ('"os_version":"macOS 12.7.6 (21H1320)"', "macOS 12.7.6"),
        ('"build" : "iPhone OS 15.5 (19F77)"', "iOS 15.5"),
        ("- macOS 26.3 (25D125)\nxnu-12377.81.4~5/RELEASE_ARM64_T6030", "macOS 26.3 (xnu-12377.81.4)"),
        ("root:xnu-10063.101.17~1/RELEASE_ARM64_T6020", "macOS 14 (xnu-10063.101.17)"),
        ("/SourceCache/xnu/xnu-1504.15.3/osfmk", "Mac OS X 10.6 (xnu-1504.15.3)"),
        ("root:xnu-14000.1.1~1/RELEASE_ARM64_T6020", "macOS (xnu-14000.1.1)"),
        ("root:xnu-8020.122.1~1/RELEASE_ARM64_T8101", "XNU (xnu-8020.122.1)"),
        ("nothing", ""),
    ],
)
def test_systems(text: str, system: str) -> None:
    assert ips.system(text) == system


def test_facts_are_not_what_the_report_prints() -> None:
    facts = ips.facts('{"product" : "Mac16,1", "crashReporterKey" : "12AB34CD"}')
    assert facts["model"] == "Mac16,1" and facts["reporter"] != "12AB34CD"
    assert "reporter" not in ips.facts('{"crashReporterKey" : "00000000-0000-0000-0000-000000000000"}')

"""Names of kernel functions."""

import numpy as np

from zoneviz.sources.kallsyms import Symbols, names

TEXT = """ffffffff81000000 T _stext
ffffffff81000100 t do_one
ffffffff81000200 D a_variable
ffffffff81000300 W do_two
ffffffffc0400000 t leak_init\t[leaky]
"""


def signed(address: int) -> int:
    return address - (1 << 64)


def test_an_address_belongs_to_the_function_that_begins_before_it() -> None:
    symbols = Symbols(TEXT)
    assert len(symbols) == 4
    assert symbols.name(0xFFFFFFFF81000100) == "do_one"
    assert symbols.name(signed(0xFFFFFFFF810001FF)) == "do_one"
    assert symbols.name(0xFFFFFFFF81000250) == "do_one", "variables are no functions"
    assert symbols.name(0xFFFFFFFFC0400010) == "leak_init [leaky]"


def test_what_is_below_all_functions_stays_a_number() -> None:
    assert Symbols(TEXT).name(0x1000) == "0x1000"


def test_what_was_loaded_later_is_not_the_last_function() -> None:
    assert Symbols(TEXT).name(0xFFFFFFFFC0600000) == "0xffffffffc0600000"


def test_without_privilege_no_name_is_known() -> None:
    symbols = Symbols("0000000000000000 T _stext\n0000000000000000 t do_one\n")
    assert len(symbols) == 0
    assert symbols.name(signed(0xFFFFFFFF81000100)) == "0xffffffff81000100"


def test_many_addresses_give_each_name_once() -> None:
    addresses = np.array([signed(0xFFFFFFFF81000100), signed(0xFFFFFFFF81000310), signed(0xFFFFFFFF81000108)])
    index, distinct = names(Symbols(TEXT), addresses)
    assert [distinct[i] for i in index.tolist()] == ["do_one", "do_two", "do_one"]
    assert sorted(distinct) == ["do_one", "do_two"]
    assert names(Symbols(TEXT), addresses[:0])[1] == []

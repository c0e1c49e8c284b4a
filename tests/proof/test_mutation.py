"""Mistakes are small, of the program alone, and noticed by the tests that they concern."""

import ast

from proving import mutation
from proving.mutants import mutants
from proving.mutation import RETRY, Target
from proving.setting import Setting

SOURCE = '''"""Says something."""

from typing import Final

LIMIT: Final = 3


def may(left: int, hint: str = "") -> bool:
    """Return whether it may."""
    if left < 0:
        raise ValueError("less than nothing")
    return left <= LIMIT and hint != "no"
'''


def test_each_mutant_differs_in_one_place_and_can_be_run() -> None:
    found = mutants(SOURCE)
    texts = {ast.unparse(each.tree()) for each in found}
    assert len(texts) == len(found)
    assert ast.unparse(ast.parse(SOURCE)) not in texts
    for each in found:
        compile(each.tree(), "sample", "exec")


def test_words_types_and_imports_are_left_alone() -> None:
    shown = [str(each) for each in mutants(SOURCE)]
    assert "line 12: left <= LIMIT → left < LIMIT" in shown
    assert "line 5: 3 → 4" in shown
    assert not [each for each in shown if "nothing" in each or "Say" in each or "bool" in each or "typing" in each]


def test_only_what_is_named_is_changed() -> None:
    assert {str(each).split(":")[0] for each in mutants(SOURCE, ["LIMIT"])} == set()
    assert {str(each).split(":")[0] for each in mutants(SOURCE, ["may"])} <= {"line 8", "line 10", "line 12"}


def test_the_tests_of_the_rule_about_retries_notice_every_mistake_in_it() -> None:
    target = Target("facade/ventanilla/_retry.py", (RETRY,), ("may_repeat",))
    tally = mutation.run(Setting(1, small=True), [target])
    assert tally.broken == []
    assert tally.notes == ["ventanilla._retry 100% (5 of 5 mutants noticed)"]


def test_tests_that_have_nothing_to_do_with_a_module_are_told() -> None:
    target = Target("facade/ventanilla/webhooks/ordering.py", (RETRY,))
    tally = mutation.run(Setting(1, small=True), [target])
    assert "or pass without it" in tally.broken[0]

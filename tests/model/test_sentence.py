"""Each step in one sentence with names and numbers."""

import gettext

import pytest

from micrograd_core import texts as texts_module
from micrograd_gui.model.document import Document, type_source
from micrograd_gui.model.resolve import Resolved, resolve
from micrograd_gui.model.sentence import LABEL_LENGTH, Sentence, step_sentence
from micrograd_gui.model.timeline import EMPTY_TIMELINE, moment_at

NEURON = """\
x1 = 2.0; x2 = 0.0; w1 = -3.0; w2 = 1.0; b = 6.8813735870195432
x1w1 = x1*w1
x2w2 = x2*w2
s = x1w1 + x2w2
n = s + b
o = n.tanh()
"""


def resolved(source: str) -> Resolved:
    found = resolve(type_source(Document(), source))
    assert found.problem is None
    return found


def sentences(source: str) -> list[Sentence]:
    """The sentence at each stop."""
    found = resolved(source)
    count = len(found.timeline) + 1
    return [step_sentence(found.snapshot, found.timeline, moment_at(found.timeline, i)) for i in range(count)]


def texts(source: str) -> list[str]:
    return [sentence.text for sentence in sentences(source)]


def test_the_neuron_is_told_from_beginning_to_end() -> None:
    """Forward steps compute, then the seed, then each ``grad +=`` with its two factors."""
    told = texts(NEURON)
    assert told[0] == (
        "The leaves are given; 5 operations follow in the forward pass. Then 9 gradients flow backward."
    )
    assert told[2] == "Forward 2 of 5 — × computes  x2w2 = x2 × w2 = 0 × 1 = 0"
    assert told[5] == "Forward 5 of 5 — tanh computes  o = tanh(n) = tanh(0.8814) = 0.7071"
    assert (
        told[6]
        == "Backward begins, not called by your program — the gradient of o with respect to itself:  ∂o/∂o = 1"
    )
    assert (
        told[7]
        == "Backward 1 of 9 — tanh scales the gradient by its slope:  ∂o/∂n += ∂o/∂n · ∂o/∂o = 0.5 × 1 = 0.5"
    )
    assert told[10] == (
        "Backward 4 of 9 — + passes the gradient on:  ∂o/∂x1w1 += ∂s/∂x1w1 · ∂o/∂s = 1 × 0.5 = 0.5"
    )
    assert told[-1].endswith("∂o/∂w1 += ∂x1w1/∂w1 · ∂o/∂x1w1 = 2 × 0.5 = 1")
    called = texts(f"{NEURON}o.backward()\n")
    assert called[6] == "Backward begins — the gradient of o with respect to itself:  ∂o/∂o = 1"
    assert called[:6] + called[7:] == told[:6] + told[7:]


def test_negative_numbers_stand_in_brackets_behind_a_sign() -> None:
    """2 × (−3), with a real minus sign."""
    assert "x1w1 = x1 × w1 = 2 × (−3) = −6" in texts(NEURON)[1]


def test_a_sum_is_told_when_there_was_a_gradient_already() -> None:
    """a + a receives twice; the second time the running sum is said."""
    told = texts("a = 3.0\nb = a + a")
    assert told[-2].endswith("= 1 × 1 = 1")
    assert told[-1].endswith("= 1 × 1 = 1, in all 2")


def test_a_second_pass_says_what_is_kept() -> None:
    """Leaves keep their gradients, inner cards start afresh; the steps of each pass are counted for themselves."""
    told = texts("c = 2.0\nd = (3*c)**2\nd.backward()\nd.backward()")
    seeds = [i for i, text in enumerate(told) if text.endswith(":  ∂d/∂d = 1")]
    assert told[seeds[0]].startswith("Backward begins")
    assert told[seeds[1]].startswith("Backward again — leaves keep their gradients, inner cards start afresh")
    assert told[seeds[1] + 1].startswith("Backward 1 of 3, pass 2 — ")
    assert "in all" not in told[seeds[1] + 1]
    assert told[-1].endswith("= 3 × 12 = 36, in all 72")


def test_a_leaf_differentiated_again_counts_on() -> None:
    """The seed of a leaf that has a gradient adds to it."""
    assert texts("a = 5.0\na.backward()\na.backward()")[-1].endswith("∂a/∂a += 1, in all 2")


def test_a_lone_leaf_has_nothing_to_compute() -> None:
    """The beginning of a program without operations says so."""
    assert texts("a = 5.0")[0] == "The leaves are given; there is nothing to compute from them yet."


def test_without_a_graph_it_says_what_to_do() -> None:
    """The empty program has a sentence too."""
    text = step_sentence(None, EMPTY_TIMELINE, moment_at(EMPTY_TIMELINE, 0.0)).text
    assert text == "Type an expression to see its graph."


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("a + b", "passes the gradient on"),
        ("a * b", "multiplies the gradient by the other factor"),
        ("a**3", "scales the gradient by the slope of the power"),
        ("a**b", "scales the gradient by the slope of the power"),
        ("a % 3.0", "passes the gradient on to the dividend, and scales it for the divisor"),
        ("a.relu()", "lets the gradient through where its input is not negative"),
        ("a.exp()", "multiplies the gradient by its own value"),
        ("a.log()", "divides the gradient by its input"),
        ("abs(a)", "multiplies the gradient by the sign of its input"),
        ("a.sin()", "scales the gradient by its slope"),
        ("a.sigmoid()", "scales the gradient by its slope"),
    ],
)
def test_each_operation_has_its_words(expression: str, words: str) -> None:
    """The sentence says for every operation what it does with the gradient."""
    assert words in texts(f"a = 1.5; b = 2.5\nc = {expression}")[-1]


def test_a_step_under_way_is_the_one_told() -> None:
    """Between two stops the sentence is that of the step being done, which is that of the stop after it."""
    found = resolved(NEURON)
    halfway = step_sentence(found.snapshot, found.timeline, moment_at(found.timeline, 9.5))
    assert halfway == sentences(NEURON)[10]


def test_expressions_as_labels_are_bracketed_and_not_said_twice() -> None:
    """An unnamed sum is its own formula, and ∂(a + b) cannot be misread."""
    told = texts("a = 1.0; b = 2.0\nc = (a + b)*a")
    assert told[1] == "Forward 1 of 2 — + computes  a + b = 1 + 2 = 3"
    assert "∂c/∂(a + b) += ∂c/∂(a + b) · ∂c/∂c" in told[4]


def test_long_labels_are_shortened_in_the_middle() -> None:
    """Both ends of a long name stay readable."""
    name = "the_first_" + "very_" * 12 + "long_name"
    text = next(text for text in texts(f"{name} = 2.0\nb = {name}*3") if "∂b/∂the" in text)
    assert name not in text
    assert "∂b/∂the_first_" in text
    assert "long_name" in text
    assert all(len(word) <= LABEL_LENGTH for word in text.replace("/∂", " ").split())


def test_roles_tell_data_from_gradients() -> None:
    """Local derivatives and results of the forward pass are data, what flows back is gradient, signs are neither."""
    sentence = sentences(NEURON)[10]
    roles = dict((*sentence.words, *sentence.formula))
    assert roles["+"] == "strong"
    assert roles["∂s/∂x1w1"] == "data"
    assert roles["∂o/∂x1w1"] == roles["∂o/∂s"] == roles["0.5"] == "grad"
    assert roles[" += "] == "plain"


class German(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return {
            "Forward {number:,} of {count:,} — {operation} computes": "{operation} rechnet: {number:,} von {count:,}"
        }.get(message, message)


def test_a_translation_orders_the_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fields keep their roles wherever the other language has them."""
    monkeypatch.setattr(texts_module, "catalogue", German())
    assert sentences(NEURON)[5].words == (("tanh", "strong"), (" rechnet: 5 von 5", "plain"))


def test_a_sentence_breaks_before_its_formula() -> None:
    """Words and formula are two lines of one text."""
    sentence = sentences(NEURON)[10]
    assert "".join(text for text, _role in sentence.words) == "Backward 4 of 9 — + passes the gradient on:"
    assert sentence.formula[0] == ("∂o/∂x1w1", "grad")
    assert Sentence((("No formula.", "plain"),)).text == "No formula."


def test_shorter_formulas_have_the_result_and_the_numbers() -> None:
    """The rule in names is left out first, then the total."""

    def forms(source: str) -> list[list[str]]:
        return [
            ["".join(text for text, _role in form) for form in found.shorter] for found in sentences(source)
        ]

    assert ["x1w1 = 2 × (−3) = −6"] in forms(NEURON)
    assert ["∂o/∂x1w1 += 1 × 0.5 = 0.5"] * 2 in forms(NEURON)
    assert ["∂b/∂a += 3 × 1 = 3, in all 6", "∂b/∂a += 3 × 1 = 3"] in forms("a = 3.0; b = a * a")


def test_infinite_and_undefined_numbers_are_spelled_out() -> None:
    """inf and nan are words."""
    told = texts("a = 0.0\nb = 1/a\nc = b - b")
    assert any("= inf" in text for text in told)
    assert any("= nan" in text for text in told)


def test_every_stop_of_every_operation_has_a_sentence() -> None:
    """No operation, exponent or network is without words and numbers."""
    source = (
        "n = MLP(2, [2, 1])\na = 0.5; b = -2.0\n"
        "c = tanh(a) + relu(b) + sigmoid(a) + exp(b) + log(a) + sqrt(a) + sin(a) + cos(b) + abs(b)\n"
        "d = c**2 + a**b - b/a + 2**a + n([a, b])"
    )
    for text in texts(source):
        assert text
        assert "{" not in text
        assert "None" not in text

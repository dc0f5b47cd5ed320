from __future__ import annotations

import pickle

import msgspec
import pytest

from edge_app.system.catalogue import CATALOGUE
from edge_app.system.errors import FilmUnreadableError, PneumoscopeError
from edge_app.system.messages import Message, english, placeholders, render

OUTSIDE = Message(
    "population.outside",
    reasons=(Message("population.years", years=45.0), Message("population.view", view="PA")),
    least=1.0,
    greatest=5.0,
)


def test_parameters_and_reasons_are_in_the_english_sentence():
    assert english(OUTSIDE).text == (
        "Not validated for this patient: do not use this score. Reason: the patient is 45 years old and the view is "
        "PA. The model knows patients of 1 to 5 years."
    )


def test_another_language_formats_the_same_parameters():
    german = {
        "{name} was not analysed: it took longer than {limit_s:g} s.": "{name}: mehr als {limit_s:g} s.",
        "Other films are not affected.": "Andere Filme sind nicht betroffen.",
    }
    message = Message("worker.timeout", name="a.png", limit_s=2.5)
    words = render(message, lambda text: german[text], lambda value, form: format(value, form).replace(".", ","))
    assert words == ("a.png: mehr als 2,5 s.", "Andere Filme sind nicht betroffen.")
    assert str(words) == "a.png: mehr als 2,5 s. Andere Filme sind nicht betroffen."


def test_message_survives_the_pipe_of_the_child():
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(OUTSIDE), type=Message) == OUTSIDE


@pytest.mark.parametrize(
    "message",
    [Message("no.such.code"), Message("worker.timeout", name="a"), Message("gate.cropped", percent="{percent.x}")],
)
def test_message_of_a_broken_child_never_raises(message):
    assert english(message).text


def test_reasons_of_reasons_without_end_are_cut_off():
    message = Message("gate.lateral", view="LL")
    for _ in range(5000):
        message = Message("cluster.worker", machine="a", reasons=(message,))
    assert english(message).text.count("On the worker") == 4


def test_file_name_that_is_no_text_can_be_sent():
    message = Message("file.empty", name="\udce9.png")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(message), type=Message) == message
    assert english(message).text.startswith("\N{REPLACEMENT CHARACTER}.png is empty")


def test_braces_in_a_file_name_are_no_placeholders():
    assert english(Message("file.empty", name="{limit}.png")).text == "{limit}.png is empty (zero bytes)."


def test_error_speaks_english_and_keeps_its_parameters():
    error = FilmUnreadableError("file.empty", name="a.png", detail="0 bytes")
    assert str(error) == "a.png is empty (zero bytes). Copy the file again from its source."
    assert error.reason == Message("file.empty", name="a.png")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert PneumoscopeError(error.reason).reason is error.reason


def test_hint_of_a_reason_is_kept():
    inner = Message("cluster.other_version", version="1", wanted="2")
    message = Message("cluster.worker", machine="box", reasons=(inner,))
    assert english(message).text == "On the worker box: Pneumoscope 1 is installed there, and 2 asks."
    assert english(message).hint == "Install the same version on the client and on all workers."


def test_every_template_is_a_format_string_of_plain_names():
    for text, hint in CATALOGUE.values():
        assert all(name.isidentifier() for name in placeholders(text) + placeholders(hint))
